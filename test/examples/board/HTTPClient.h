// One request on a connection, as the boards' HTTPClient sends it.
#pragma once
#include "WiFi.h"

class HTTPClient {
 public:
  void begin(WiFiClient &socket, const String &url) {
    socket_ = &socket;
    std::string text = url.c_str();
    text = text.substr(text.find("://") + 3);
    host_ = text.substr(0, text.find('/'));
    path_ = text.substr(text.find('/'));
  }
  void addHeader(const String &name, const String &value) {
    headers_ += std::string(name.c_str()) + ": " + value.c_str() + "\r\n";
  }
  void setAuthorization(const char *name, const char *password) {
    addHeader("Authorization", "Basic " + base64(std::string(name) + ":" + password));
  }
  int PUT(const String &body) { return ask("PUT", body); }
  int POST(const String &body) { return ask("POST", body); }
  int GET() { return ask("GET", ""); }
  String getString() { return answer_; }
  void end() { socket_->stop(); }

 private:
  int ask(const std::string &method, const String &body) {
    if (!socket_->connect(host_.substr(0, host_.find(':')), atoi(host_.substr(host_.find(':') + 1).c_str()))) return -1;
    socket_->write(method + " " + path_ + " HTTP/1.1\r\nHost: " + host_ + "\r\nConnection: close\r\n" + headers_ +
                   "Content-Length: " + std::to_string(body.length()) + "\r\n\r\n" + body.c_str());
    std::string answer;
    while (socket_->connected()) answer += socket_->read(4096, true);
    answer_ = answer.substr(answer.find("\r\n\r\n") + 4);
    headers_ = "";
    return atoi(answer.substr(9, 3).c_str());
  }
  static std::string base64(const std::string &bytes) {
    const char *digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (size_t at = 0; at < bytes.size(); at += 3) {
      unsigned group = 0;
      for (size_t n = 0; n < 3; n++) group = group << 8 | (at + n < bytes.size() ? (byte)bytes[at + n] : 0);
      for (size_t n = 0; n < 4; n++) text += at + n > bytes.size() ? '=' : digits[group >> (18 - 6 * n) & 63];
    }
    return text;
  }

  WiFiClient *socket_ = NULL;
  std::string host_, path_, headers_, answer_;
};
