// What the sketch uses of the Arduino core, on Linux: enough to run it as a program against a real server.
#pragma once
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <time.h>
#include <unistd.h>

typedef uint8_t byte;
const int OUTPUT = 1, LOW = 0, HIGH = 1, A0 = 17;

class String {
 public:
  String(const char *text = "") : text_(text) {}
  String(const std::string &text) : text_(text) {}
  String(int number) : text_(std::to_string(number)) {}
  unsigned int length() const { return text_.size(); }
  const char *c_str() const { return text_.c_str(); }
  char operator[](unsigned int at) const { return at < text_.size() ? text_[at] : '\0'; }
  int indexOf(const String &what) const { return position(text_.find(what.text_)); }
  int indexOf(char what, unsigned int from) const { return position(text_.find(what, from)); }
  String substring(unsigned int from) const { return from < text_.size() ? text_.substr(from) : std::string(); }
  String substring(unsigned int from, unsigned int to) const { return text_.substr(from, to - from); }
  long toInt() const { return atol(c_str()); }
  float toFloat() const { return atof(c_str()); }
  void toLowerCase() {
    for (char &letter : text_) letter = tolower(letter);
  }
  void replace(const String &what, const String &with) {
    for (size_t at = 0; (at = text_.find(what.text_, at)) != std::string::npos; at += with.length())
      text_.replace(at, what.length(), with.text_);
  }
  void operator+=(char letter) { text_ += letter; }
  bool operator==(const String &other) const { return text_ == other.text_; }
  friend String operator+(const String &a, const String &b) { return a.text_ + b.text_; }

 private:
  static int position(size_t at) { return at == std::string::npos ? -1 : (int)at; }
  std::string text_;
};

inline bool isDigit(char letter) { return isdigit((unsigned char)letter); }

inline unsigned long millis() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000UL + now.tv_nsec / 1000000;
}

inline void delay(unsigned long ms) { usleep(ms * 1000); }
inline int analogRead(int) { return 40; }
inline void pinMode(int, int) {}
inline void digitalWrite(int, int level) { printf("LED %s\n", level == HIGH ? "on" : "off"); }

struct {
  void begin(unsigned long) { setvbuf(stdout, NULL, _IOLBF, 0); }
  void print(const String &text) { fputs(text.c_str(), stdout); }
  void println(const String &text) { puts(text.c_str()); }
} Serial;

void setup();
void loop();
int main() {
  for (setup();; usleep(1000)) loop();
}
