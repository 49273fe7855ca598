// A device on an ESP32 or ESP8266 over HTTP alone: registers, sends the value of its analog pin each second, asks for what
// is new, and switches its LED depending on that. It needs no library besides those of the board.
//
// Install in the Arduino IDE the boards package "esp32" by Espressif or "esp8266" by ESP8266 Community. Fill in the four
// lines below, upload, and open the serial monitor at 115200 baud.
#if defined(ESP8266)
#include <ESP8266HTTPClient.h>
#include <ESP8266WiFi.h>
#else
#include <HTTPClient.h>
#include <WiFi.h>
#endif

const char *WIFI_NAME = "your network";
const char *WIFI_PASSWORD = "its password";
// The address of iotctl as seen from the board, so not localhost. Without TLS; see README.md.
const char *SERVER = "http://192.168.1.5:9992";
// From "iotctl token create"; empty if no logins are required.
const char *TOKEN = "";

const unsigned long EVERY_MS = 1000;
const unsigned long RETRY_MS = 5000;
#if defined(LED_BUILTIN)
const int LED = LED_BUILTIN;
#else
const int LED = 2;
#endif

WiFiClient network;
String id, up, down, password;
String next = "0";  // what the server is asked after
unsigned long sentAt = 0;

// The value of a key in a JSON object, numbers as text; empty if the key is missing or null. Sufficient for what iotctl
// sends; use the library ArduinoJson for more.
String valueOf(const String &json, const char *key) {
  String name = String("\"") + key + "\":";
  int from = json.indexOf(name);
  if (from < 0) return "";
  from += name.length();
  if (json[from] == '"') return json.substring(from + 1, json.indexOf('"', from + 1));
  if (json[from] == '[') return json.substring(from, json.indexOf(']', from) + 1);
  int to = from;
  while (json[to] == '-' || json[to] == '.' || isDigit(json[to])) to++;
  return json.substring(from, to);
}

// The same id at every start, derived from the chip's MAC address.
String idOfBoard() {
  String mac = WiFi.macAddress();
  mac.replace(":", "");
  mac.toLowerCase();
  return "00000000-0000-4000-8000-" + mac;
}

void complain(const char *what, int status, const String &answer) {
  Serial.print(what);
  Serial.print(": ");
  Serial.print(status);
  Serial.print(" ");
  Serial.println(answer);
}

bool registerDevice() {
  HTTPClient http;
  http.begin(network, String(SERVER) + "/" + id);
  http.addHeader("Content-Type", "application/json");
  if (TOKEN[0] != '\0') http.addHeader("Authorization", String("Bearer ") + TOKEN);
  int status = http.PUT(
      "{\"name\":\"WebCat\",\"idf_list\":[[\"meow\",[\"dB\"]]],\"odf_list\":[[\"meow\",[\"dB\"]]],"
      "\"accept_protos\":[\"http\"],\"profile\":{\"model\":\"AI\"}}");
  String answer = http.getString();
  http.end();
  if (status != 200) {
    complain("cannot register", status, answer);
    return false;
  }
  up = valueOf(answer, "up");
  down = valueOf(answer, "down");
  password = valueOf(answer, "password");
  next = "0";
  Serial.println("registered as " + valueOf(answer, "name") + " (" + id + ")");
  return true;
}

// Sends a value. False: the server does not know the board any more, or is away.
bool sendValue(int value) {
  String data = String("[") + value + "]";
  HTTPClient http;
  http.begin(network, up);
  http.setAuthorization(id.c_str(), password.c_str());
  int status = http.POST(String("[\"meow\",") + data + "]");
  String answer = status == 204 ? String("") : http.getString();
  http.end();
  if (status == 204) Serial.println("sent " + data);
  // 200: no graph uses it at the moment.
  if (status == 204 || status == 200) return true;
  complain("cannot send", status, answer);
  return false;
}

// Asks for what is new.
bool receive() {
  HTTPClient http;
  http.begin(network, down + "?after=" + next + "&wait=2");
  http.setAuthorization(id.c_str(), password.c_str());
  int status = http.GET();
  String answer = http.getString();
  http.end();
  if (status != 200) {
    complain("cannot receive", status, answer);
    return false;
  }
  next = valueOf(answer, "next");
  // Data is an array of values: [1764]
  String data = valueOf(answer, "meow");
  if (data.length() > 0) {
    Serial.println("received " + data);
    digitalWrite(LED, data.substring(1).toFloat() > 1000 ? HIGH : LOW);
  }
  return true;
}

void setup() {
  Serial.begin(115200);
  pinMode(LED, OUTPUT);
  WiFi.mode(WIFI_STA);
  WiFi.begin(WIFI_NAME, WIFI_PASSWORD);
  while (WiFi.status() != WL_CONNECTED) delay(500);
  id = idOfBoard();
}

void loop() {
  if (up.length() == 0 && !registerDevice()) return delay(RETRY_MS);
  if (millis() - sentAt < EVERY_MS) return delay(10);
  sentAt = millis();
  if (sendValue(analogRead(A0)) && receive()) return;
  // From the beginning.
  up = "";
  delay(RETRY_MS);
}
