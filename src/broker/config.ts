import { Type } from "@sinclair/typebox";
import { bytes, count, oneOf, port, readHostList, reloadable, section } from "../config/mod.ts";

/** The broker, whether built in or another program, and limits of the built-in one. */
export const MQTT = section(
	"broker",
	"core-mqtt",
	"MQTT over TCP.",
	{
		broker: oneOf(
			["embedded", "external"],
			"embedded is the built-in broker; external is another one, such as mosquitto, at host and port.",
		),
		scheme: oneOf(
			["auto", "mqtt", "mqtts"],
			"Scheme devices are told: auto is mqtts with a certificate in [tls], else mqtt; mqtt stays unencrypted all the same. The server itself reaches an external broker with it (auto: mqtt).",
		),
		host: Type.String({
			default: "",
			description:
				"Broker host devices are told; empty: the host name the device itself used to register (and an external broker is looked for on localhost, or at connect).",
		}),
		port: port(
			1883,
			"MQTT port, to listen on (embedded) or to connect to (external), and to tell devices.",
		),
		connect: Type.String({
			default: "",
			description:
				"Where the server itself reaches an external broker, when that is not host and port: host or host:port, IPv6 with a port in brackets, several with commas between; they are tried in turn.",
		}),
		username: Type.String({
			default: "",
			description: "Login of this server at an external broker; empty for none.",
		}),
		password: Type.String({
			default: "",
			secret: true,
			description: "Password of that login; password-file keeps it out of this file.",
		}),
		"password-file": Type.String({
			default: "",
			path: true,
			description: "File whose first line is that password, readable by the server's user only.",
		}),
		ca: Type.String({
			default: "",
			path: true,
			description:
				"PEM file of the authority that signed an external broker's certificate (mqtts); empty: those the system knows.",
		}),
		"max-packet": bytes(1 << 20, 1 << 28, "Largest MQTT packet a client may send."),
		"max-client-queue": bytes(
			4 << 20,
			1 << 30,
			"Data held for one client; one that reads slower than this is disconnected.",
		),
		"connect-timeout": Type.Integer({
			minimum: 1,
			maximum: 3600,
			default: 10,
			unit: "seconds",
			description: "Time a connection gets to send its CONNECT packet.",
		}),
		"probe-timeout": Type.Integer({
			minimum: 0,
			maximum: 3600,
			default: 30,
			unit: "seconds",
			description:
				"Time the server's own messages may take to come back from the broker; after that /health answers 503 and the systemd watchdog restarts the server. 0 turns the check off.",
		}),
		"max-connecting": reloadable(
			count(
				1000,
				"Connections that have not sent CONNECT yet; a new one takes the place of the slowest.",
			),
		),
		"max-subscriptions": reloadable(count(5000, "Topic filters one client may subscribe to.")),
		"max-wildcards": reloadable(count(100, "Of these, filters with + or #.")),
		"max-subscriptions-total": reloadable(count(100_000, "Topic filters of all clients together.")),
		"max-retained": reloadable(
			count(10_000, "Retained messages; more are delivered, but not retained."),
		),
		"max-retained-bytes": reloadable(bytes(16 << 20, 1 << 30, "Retained messages in all.")),
		"max-sessions": reloadable(
			count(
				1000,
				"Persistent sessions (clean session off) of clients that are away; the one unused longest gives way.",
			),
		),
		"max-queued": reloadable(
			count(1000, "Messages waiting for one persistent session; the oldest give way."),
		),
		"max-queued-bytes": reloadable(
			bytes(
				32 << 20,
				1 << 30,
				"Messages waiting for all persistent sessions; the oldest give way.",
			),
		),
		"max-unsent": reloadable(
			Type.Integer({
				minimum: 1,
				maximum: 10_000_000,
				default: 20_000,
				unit: "messages",
				description: "Messages held while an external broker cannot be reached; more are dropped.",
			}),
		),
		"data-qos": Type.Integer({
			minimum: 0,
			maximum: 2,
			default: 2,
			description:
				"QoS of graphs' results on an external broker: 2 is the protocol's, 0 many times as fast, and lost in an outage.",
		}),
		"max-clients": reloadable(
			count(10_000, "MQTT connections at the same time, WebSocket included."),
		),
		"max-clients-per-address": reloadable(
			count(
				5000,
				"Of these, connections of one address (of one /64 network with IPv6); behind a proxy or router all share one.",
			),
		),
		"connects-per-second": reloadable(
			count(
				200,
				"MQTT connections one address may open each second, ten seconds' worth of them at once; more wait for their turn.",
			),
		),
	},
	({ connect, port: fallback }) => {
		const addresses = readHostList(connect, fallback);
		return typeof addresses === "string" ? { key: "connect", text: addresses } : undefined;
	},
);

/** MQTT for browsers. */
export const WEBSOCKET = section("broker", "core-ws", "MQTT over WebSocket, for browsers.", {
	scheme: oneOf(
		["auto", "ws", "wss"],
		"Scheme browsers are told: auto is wss with a certificate in [tls], else ws; ws stays unencrypted all the same.",
	),
	host: Type.String({ default: "", description: "Not sent to anyone.", hidden: true }),
	port: port(1884, "WebSocket port, to listen on (embedded) and to tell devices."),
});
