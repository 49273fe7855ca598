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
  int PUT(const String &body) {
    if (!socket_->connect(host_.substr(0, host_.find(':')), atoi(host_.substr(host_.find(':') + 1).c_str()))) return -1;
    socket_->write("PUT " + path_ + " HTTP/1.1\r\nHost: " + host_ + "\r\nConnection: close\r\n" + headers_ +
                   "Content-Length: " + std::to_string(body.length()) + "\r\n\r\n" + body.c_str());
    std::string answer;
    while (socket_->connected()) answer += socket_->read(4096, true);
    answer_ = answer.substr(answer.find("\r\n\r\n") + 4);
    return atoi(answer.substr(9, 3).c_str());
  }
  String getString() { return answer_; }
  void end() { socket_->stop(); }

 private:
  WiFiClient *socket_ = NULL;
  std::string host_, path_, headers_, answer_;
};
