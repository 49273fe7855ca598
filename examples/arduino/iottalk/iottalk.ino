// A device on an ESP32 or ESP8266: registers over HTTP, publishes "online" over MQTT, sends the value of its analog pin
// each second, and switches its LED depending on what it receives.
//
// Install in the Arduino IDE: the boards package "esp32" by Espressif or "esp8266" by ESP8266 Community, and the library
// "PubSubClient" by Nick O'Leary (2.8). Fill in the four lines below, upload, and open the serial monitor at
// 115200 baud.
#if defined(ESP8266)
#include <ESP8266HTTPClient.h>
#include <ESP8266WiFi.h>
#else
#include <HTTPClient.h>
#include <WiFi.h>
#endif
#include <PubSubClient.h>

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

WiFiClient httpSocket, mqttSocket;
PubSubClient broker(mqttSocket);
String id, rev, uplink, downlink, host, username, password;
String input, output;  // topics of the features, empty while they are not connected
unsigned long sentAt = 0;

// The value of a key in a JSON object, numbers as text; empty if the key is missing or null. Sufficient for what iotctl
// sends; use the library ArduinoJson for more.
String valueOf(const String &json, const char *key) {
  String name = String("\"") + key + "\":";
  int from = json.indexOf(name);
  if (from < 0) return "";
  from += name.length();
  if (json[from] == '"') return json.substring(from + 1, json.indexOf('"', from + 1));
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

String presence(const char *state) {
  return String("{\"state\":\"") + state + "\",\"rev\":\"" + rev + "\"}";
}

bool registerDevice() {
  HTTPClient http;
  http.begin(httpSocket, String(SERVER) + "/" + id);
  http.addHeader("Content-Type", "application/json");
  if (TOKEN[0] != '\0') http.addHeader("Authorization", String("Bearer ") + TOKEN);
  int status = http.PUT(
      "{\"name\":\"BoardCat\",\"idf_list\":[[\"meow\",[\"dB\"]]],\"odf_list\":[[\"meow\",[\"dB\"]]],"
      "\"accept_protos\":[\"mqtt\"],\"profile\":{\"model\":\"AI\"}}");
  String answer = http.getString();
  http.end();
  if (status != 200) {
    Serial.print("cannot register: ");
    Serial.print(status);
    Serial.print(" ");
    Serial.println(answer);
    return false;
  }
  rev = valueOf(answer, "rev");
  host = valueOf(answer, "host");
  username = valueOf(answer, "username");
  password = valueOf(answer, "password");
  uplink = id + "/ctrl/i";
  downlink = id + "/ctrl/o";
  broker.setServer(host.c_str(), valueOf(answer, "port").toInt());
  Serial.println("registered as " + valueOf(answer, "name") + " (" + id + ")");
  return true;
}

bool connectBroker() {
  // The login from the reply to the registration, if there is one. The server connects the features again after "online".
  const char *user = username.length() > 0 ? username.c_str() : NULL;
  const char *secret = username.length() > 0 ? password.c_str() : NULL;
  input = output = "";
  if (!broker.connect(id.c_str(), user, secret, uplink.c_str(), 1, true, presence("offline").c_str())) {
    Serial.print("cannot connect to the broker: ");
    Serial.println(broker.state());
    return false;
  }
  broker.subscribe(downlink.c_str(), 1);
  broker.publish(uplink.c_str(), presence("online").c_str(), true);
  Serial.println("online");
  return true;
}

void onSignal(const String &signal) {
  bool isConnect = valueOf(signal, "command") == "CONNECT";
  String topic = valueOf(signal, "topic");
  bool isInput = valueOf(signal, "idf").length() > 0;
  Serial.println(valueOf(signal, "command") + (isInput ? " idf" : " odf"));
  if (isInput) {
    input = isConnect ? topic : String("");
  } else if (isConnect) {
    output = topic;
    broker.subscribe(topic.c_str());
  } else {
    output = "";
    broker.unsubscribe(topic.c_str());
  }
  String answer = "{\"msg_id\":\"" + valueOf(signal, "msg_id") + "\",\"state\":\"ok\"}";
  broker.publish(uplink.c_str(), answer.c_str());
}

void onMessage(char *topic, byte *payload, unsigned int length) {
  // Copied first: the next packet overwrites topic and payload.
  String from = topic, text;
  for (unsigned int i = 0; i < length; i++) text += (char)payload[i];
  if (from == downlink) {
    onSignal(text);
  } else {
    Serial.println("received " + text);
    // Data is an array of values: [1764]
    digitalWrite(LED, text.substring(1).toFloat() > 1000 ? HIGH : LOW);
  }
}

void setup() {
  Serial.begin(115200);
  pinMode(LED, OUTPUT);
  WiFi.mode(WIFI_STA);
  WiFi.begin(WIFI_NAME, WIFI_PASSWORD);
  while (WiFi.status() != WL_CONNECTED) delay(500);
  id = idOfBoard();
  // Must hold a topic and its data.
  broker.setBufferSize(1024);
  broker.setCallback(onMessage);
}

void loop() {
  if (!broker.connected()) {
    // The login was refused (4, 5) because of a newer registration: register again to get a new one.
    if ((rev.length() == 0 || broker.state() >= 4) && !registerDevice()) return delay(RETRY_MS);
    if (!connectBroker()) return delay(RETRY_MS);
  }
  broker.loop();
  if (input.length() > 0 && millis() - sentAt >= EVERY_MS) {
    sentAt = millis();
    String data = String("[") + analogRead(A0) + "]";
    broker.publish(input.c_str(), data.c_str());
    Serial.println("sent " + data);
  }
}
