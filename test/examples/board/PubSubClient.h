// MQTT 3.1.1 with the interface, the sizes and the states of the library PubSubClient 2.8, as far as the sketch goes.
#pragma once
#include "WiFi.h"

class PubSubClient {
 public:
  typedef void (*Callback)(char *, byte *, unsigned int);
  explicit PubSubClient(WiFiClient &socket) : socket_(socket) {}
  void setServer(const char *host, int port) {
    host_ = host;
    port_ = port;
  }
  void setCallback(Callback callback) { callback_ = callback; }
  void setBufferSize(unsigned int size) { size_ = size; }
  bool connected() { return socket_.connected(); }
  int state() const { return state_; }

  bool connect(const char *id, const char *user, const char *password, const char *willTopic, int willQos,
               bool willRetain, const char *will) {
    state_ = -2;
    if (!socket_.connect(host_, port_)) return false;
    char flags = 0x06 | (willQos << 3) | (willRetain ? 0x20 : 0) | (user ? 0x80 : 0) | (password ? 0x40 : 0);
    std::string packet = text("MQTT") + '\x04' + flags + std::string("\0\x0f", 2) + text(id) + text(willTopic) + text(will);
    if (user) packet += text(user);
    if (password) packet += text(password);
    if (!send(0x10, packet)) return false;
    received_.clear();
    while (received_.size() < 4 && socket_.connected()) received_ += socket_.read(4 - received_.size(), true);
    state_ = received_.size() < 4 ? -4 : received_[3];
    received_.clear();
    if (state_ != 0) socket_.stop();
    return state_ == 0;
  }
  bool publish(const char *topic, const char *payload, bool retained = false) {
    return send(retained ? 0x31 : 0x30, text(topic) + payload);
  }
  bool subscribe(const char *topic, int qos = 0) {
    return send(0x82, std::string("\0\x01", 2) + text(topic) + (char)qos);
  }
  bool unsubscribe(const char *topic) { return send(0xa2, std::string("\0\x02", 2) + text(topic)); }

  void loop() {
    received_ += socket_.read(4096, false);
    for (;;) {
      size_t at = 1, length = 0;
      for (int shift = 0; at < received_.size(); shift += 7) {
        length |= (received_[at] & 0x7f) << shift;
        if (!(received_[at++] & 0x80)) break;
      }
      if (received_.size() < 2 || received_.size() < at + length) return;
      std::string packet = received_.substr(0, at + length);
      received_.erase(0, at + length);
      if ((packet[0] & 0xf0) == 0x30 && packet.size() <= size_) deliver(packet, at);
    }
  }

 private:
  static std::string text(const std::string &value) {
    return std::string{(char)(value.size() >> 8), (char)value.size()} + value;
  }
  bool send(int type, const std::string &packet) {
    if (!socket_.connected() || packet.size() + 5 > size_) return false;
    std::string head(1, (char)type);
    size_t left = packet.size();
    do {
      head += (char)((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    } while (left >>= 7);
    socket_.write(head + packet);
    return true;
  }
  void deliver(const std::string &packet, size_t at) {
    size_t length = (byte)packet[at] << 8 | (byte)packet[at + 1];
    std::string topic = packet.substr(at + 2, length);
    size_t behind = at + 2 + length;
    if (packet[0] & 0x06) {
      send(0x40, packet.substr(behind, 2));
      behind += 2;
    }
    std::string payload = packet.substr(behind);
    callback_(&topic[0], (byte *)&payload[0], payload.size());
  }
  WiFiClient &socket_;
  std::string host_, received_;
  Callback callback_ = NULL;
  unsigned int size_ = 256;
  int port_ = 1883, state_ = -1;
};
