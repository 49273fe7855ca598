import { Type } from "@sinclair/typebox";
import {
	bytes,
	count,
	oneOf,
	passwordFields,
	port,
	readHostList,
	reloadable,
	section,
} from "../config/mod.ts";

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
			"Scheme advertised to devices: auto is mqtts with a certificate in [tls], else mqtt; mqtt disables TLS even if a certificate is set. The server itself connects to an external broker with it (auto: mqtt).",
		),
		host: Type.String({
			default: "",
			description:
				"Broker host advertised to devices; empty: the host name the device used to register (and an external broker is expected on localhost, or at connect).",
		}),
		port: port(
			1883,
			"MQTT port to listen on (embedded) or connect to (external); also advertised to devices.",
		),
		connect: Type.String({
			default: "",
			description:
				"Where the server itself reaches an external broker, if not at host and port: host or host:port, IPv6 with a port in brackets, several separated by commas, which are tried in turn.",
		}),
		username: Type.String({
			default: "",
			description: "User name of this server at an external broker; empty for none.",
		}),
		...passwordFields,
		ca: Type.String({
			default: "",
			path: true,
			description:
				"PEM file of the authority that signed an external broker's certificate (mqtts); empty: the system's authorities.",
		}),
		"auth-key-file": Type.String({
			default: "",
			path: true,
			description:
				"File whose first line is the key with which an external broker asks this server over HTTP who may connect and use which topics (POST /mqtt/auth and /mqtt/acl), relative to userdir, readable by the server's user only; empty: the key in the environment as IOTCTL_BROKER_KEY, and without that no broker may ask.",
		}),
		"max-packet": bytes(1 << 20, 1 << 28, "Largest MQTT packet a client may send."),
		"max-client-queue": bytes(
			4 << 20,
			1 << 30,
			"Data queued for one client, beside a single message that is larger; a client that reads, or confirms, too slowly to stay below it is disconnected.",
		),
		"connect-timeout": Type.Integer({
			minimum: 1,
			maximum: 3600,
			default: 10,
			unit: "seconds",
			description: "Time a connection has to send its CONNECT packet.",
		}),
		"probe-timeout": Type.Integer({
			minimum: 0,
			maximum: 3600,
			default: 30,
			unit: "seconds",
			description:
				"Time the server's own messages may take to return from the broker; after that /health answers 503 and the systemd watchdog restarts the server. 0 disables the check.",
		}),
		"max-connecting": reloadable(
			count(
				1000,
				"Connections that have not sent CONNECT yet; a new one replaces the longest-pending connection.",
			),
		),
		"max-subscriptions": reloadable(count(5000, "Topic filters one client may subscribe to.")),
		"max-wildcards": reloadable(count(100, "Of these, filters with + or #.")),
		"max-subscriptions-total": reloadable(count(100_000, "Topic filters of all clients together.")),
		"max-retained": reloadable(
			count(10_000, "Retained messages; beyond that, messages are delivered but not retained."),
		),
		"max-retained-bytes": reloadable(bytes(16 << 20, 1 << 30, "Total size of retained messages.")),
		"max-sessions": reloadable(
			count(
				1000,
				"Persistent sessions (clean session off) of disconnected clients; the least recently used is evicted.",
			),
		),
		"max-queued": reloadable(
			count(1000, "Messages queued for one persistent session; the oldest are dropped."),
		),
		"max-queued-bytes": reloadable(
			bytes(
				32 << 20,
				1 << 30,
				"Messages queued for all persistent sessions; the oldest are dropped.",
			),
		),
		"max-unsent": reloadable(
			Type.Integer({
				minimum: 1,
				maximum: 10_000_000,
				default: 20_000,
				unit: "messages",
				description:
					"Messages queued while an external broker cannot be reached; more are dropped.",
			}),
		),
		"data-qos": Type.String({
			default: "",
			description: "Read by data-qos in [esm] in this version.",
			hidden: true,
		}),
		"max-clients": reloadable(count(10_000, "Concurrent MQTT connections, including WebSocket.")),
		"max-clients-per-address": reloadable(
			count(
				5000,
				"Of these, connections from one address (with IPv6, from one /64 network); clients behind a proxy or router share one.",
			),
		),
		"connects-per-second": reloadable(
			count(
				200,
				"MQTT connections one address may open per second, in bursts of up to ten seconds' worth; more are delayed.",
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
		"Scheme advertised to browsers: auto is wss with a certificate in [tls], else ws; ws disables TLS even if a certificate is set.",
	),
	host: Type.String({ default: "", description: "Not sent to anyone.", hidden: true }),
	port: port(1884, "WebSocket port to listen on (embedded); also advertised to devices."),
});
