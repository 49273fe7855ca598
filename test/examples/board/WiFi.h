// The board's network is the machine's own.
#pragma once
#include <netdb.h>
#include <sys/socket.h>

#include "Arduino.h"

const int WIFI_STA = 1, WL_CONNECTED = 3;

struct {
  void mode(int) {}
  void begin(const char *, const char *) {}
  int status() { return WL_CONNECTED; }
  String macAddress() { return "24:6F:28:AA:BB:CC"; }
} WiFi;

class WiFiClient {
 public:
  bool connect(const String &host, int port) {
    stop();
    addrinfo hints = {}, *found = NULL;
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host.c_str(), String(port).c_str(), &hints, &found) != 0) return false;
    fd_ = socket(found->ai_family, SOCK_STREAM, 0);
    bool ok = ::connect(fd_, found->ai_addr, found->ai_addrlen) == 0;
    freeaddrinfo(found);
    if (!ok) stop();
    return ok;
  }
  bool connected() const { return fd_ >= 0; }
  void write(const std::string &bytes) { send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  /** Up to so many bytes; with `wait` at least one, or none when the other side has closed. */
  std::string read(size_t most, bool wait) {
    std::string bytes(most, '\0');
    ssize_t got = recv(fd_, &bytes[0], most, wait ? 0 : MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN)) stop();
    bytes.resize(got > 0 ? got : 0);
    return bytes;
  }
  void stop() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};
