import { type Static, type TSchema, Type } from "@sinclair/typebox";

const port = (fallback: number, description: string) =>
	Type.Integer({ minimum: 0, maximum: 65535, default: fallback, description });

const bytes = (fallback: number, maximum: number, description: string) =>
	Type.Integer({ minimum: 1024, maximum, default: fallback, unit: "bytes", description });

const count = (fallback: number, description: string) =>
	Type.Integer({ minimum: 1, maximum: 1_000_000, default: fallback, description });

/** Takes effect when the ini is read again (`iotctl reload`), not only at a start. */
const reloadable = <T extends TSchema>(schema: T): T => ({ ...schema, reload: true });

const ROOMS = ["api", "auth", "broker", "devices", "esm", "http", "server", "store"];
/** A host name or address, or an origin. */
const ORIGIN = "([a-zA-Z][a-zA-Z0-9+.-]*://)?([a-zA-Z0-9_.-]+|\\[[0-9a-fA-F:.]+\\])(:[0-9]{1,5})?";
const ROOM_LEVEL = `(${ROOMS.join("|")}):(debug|info|warn|error)`;

/**
 * The ini file, section by section (`csm.md §9`). One schema: validation, defaults,
 * error messages, the sample ini and the README's table all come from it.
 */
export const ConfigSchema = Type.Object({
	core: Type.Object(
		{
			userdir: Type.String({
				minLength: 1,
				path: true,
				default: "~/.iottalk",
				description:
					"Where the database lives; created when missing. In this and other paths ~/ and $HOME stand for the home directory.",
			}),
			bind: Type.String({
				minLength: 1,
				default: "127.0.0.1",
				sample: "0.0.0.0",
				description:
					"Address the HTTP, MQTT and WebSocket listeners bind to: 127.0.0.1 is this machine only, 0.0.0.0 everyone who can reach it.",
			}),
			auth: Type.Union([Type.Literal("auto"), Type.Literal("on"), Type.Literal("off")], {
				default: "auto",
				description:
					"Whether logins are asked for: auto is on as soon as bind is more than this machine, off lets everyone do everything.",
			}),
			"allowed-origins": reloadable(
				Type.String({
					default: "",
					pattern: `^(${ORIGIN}([ ,]+${ORIGIN})*)?$`,
					patternText: "empty or a list such as gateway.lan, https://panel.example.org",
					description:
						"Names this server is known by besides its addresses and machine name, and origins of web pages that may use it as programs do while logins are off; any port counts.",
				}),
			),
			"http-scheme": Type.Union(
				[Type.Literal("auto"), Type.Literal("http"), Type.Literal("https")],
				{
					default: "auto",
					description:
						"auto is https with a certificate in [tls], else http; http stays unencrypted all the same; https without a certificate is for a proxy in front that has one.",
				},
			),
			"http-port": port(9992, "HTTP port of the registration API."),
			"http-prefix": Type.String({
				default: "",
				pattern: "^(/[A-Za-z0-9._~-]+)*$",
				patternText: "empty or a path such as /csm",
				description: "Path a reverse proxy puts before /<uuid>; /csm always works.",
			}),
			"http-max-body": bytes(1 << 20, 1 << 26, "Largest HTTP request body."),
			"http-body-timeout": reloadable(
				Type.Integer({
					minimum: 1,
					maximum: 3600,
					default: 10,
					unit: "seconds",
					description: "Time a client gets to send a request's body.",
				}),
			),
			"da-expiration": Type.Integer({
				minimum: 1,
				maximum: 2_000_000,
				default: 259_200,
				unit: "seconds",
				description: "A device that stays away this long while the server runs is deregistered.",
			}),
			"max-devices": reloadable(count(10_000, "Devices that may be registered at a time.")),
		},
		{ description: "The server." },
	),
	"core-db": Type.Object(
		{
			type: Type.Literal("sqlite", {
				default: "sqlite",
				description: "Only sqlite is supported.",
			}),
			url: Type.String({
				minLength: 1,
				path: true,
				default: "iottalk.db",
				description: "Database file, relative to userdir, or :memory: for none at all.",
			}),
			host: Type.String({
				default: "localhost",
				description: "MySQL only: not used.",
				hidden: true,
			}),
			port: Type.Integer({ default: -1, description: "MySQL only: not used.", hidden: true }),
			user: Type.String({ default: "", description: "MySQL only: not used.", hidden: true }),
			passwd: Type.String({
				default: "",
				description: "MySQL only: not used.",
				hidden: true,
				secret: true,
			}),
		},
		{ description: "The database." },
	),
	"core-mqtt": Type.Object(
		{
			broker: Type.Union([Type.Literal("embedded"), Type.Literal("external")], {
				default: "embedded",
				description:
					"embedded is the built-in broker; external is another one, such as mosquitto, at host and port.",
			}),
			scheme: Type.Union([Type.Literal("auto"), Type.Literal("mqtt"), Type.Literal("mqtts")], {
				default: "auto",
				description:
					"Scheme devices are told: auto is mqtts with a certificate in [tls], else mqtt; mqtt stays unencrypted all the same. The server itself reaches an external broker with it (auto: mqtt).",
			}),
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
			"max-subscriptions-total": reloadable(
				count(100_000, "Topic filters of all clients together."),
			),
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
					description:
						"Messages held while an external broker cannot be reached; more are dropped.",
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
		{ description: "MQTT over TCP." },
	),
	"core-ws": Type.Object(
		{
			scheme: Type.Union([Type.Literal("auto"), Type.Literal("ws"), Type.Literal("wss")], {
				default: "auto",
				description:
					"Scheme browsers are told: auto is wss with a certificate in [tls], else ws; ws stays unencrypted all the same.",
			}),
			host: Type.String({ default: "", description: "Not sent to anyone.", hidden: true }),
			port: port(1884, "WebSocket port, to listen on (embedded) and to tell devices."),
		},
		{ description: "MQTT over WebSocket, for browsers." },
	),
	tls: Type.Object(
		{
			cert: Type.String({
				default: "",
				path: true,
				description:
					"PEM file of this server's certificate, its authority's after it, relative to userdir; with it HTTP, MQTT and WebSocket are encrypted. Read again at iotctl reload; make one with iotctl cert self-signed.",
			}),
			key: Type.String({
				default: "",
				path: true,
				description:
					"PEM file of its private key, readable by the server's user only, relative to userdir.",
			}),
		},
		{ description: "Encryption (TLS 1.2 or newer) of the server's own listeners." },
	),
	aaa: Type.Object(
		{
			enable_mqtt_auth: Type.Boolean({
				default: false,
				description: "The original's key: true is the same as auth = on in [core].",
				hidden: true,
			}),
		},
		{ description: "Authentication." },
	),
	esm: Type.Object(
		{
			engine: Type.Union([Type.Literal("embedded"), Type.Literal("python3")], {
				default: "embedded",
				description:
					"embedded runs functions in the Python inside this program, walled off; python3 in the machine's own, with all its packages, trusting their authors.",
			}),
			packages: Type.String({
				default: "",
				description:
					"Folder of wheels (.whl) that the embedded engine loads, relative to userdir: pure Python ones, and compiled ones made for pyodide; empty for none.",
			}),
			"call-timeout": Type.Integer({
				minimum: 10,
				maximum: 600_000,
				default: 2000,
				unit: "milliseconds",
				description: "Time one message may spend in a graph's functions.",
			}),
			"batch-timeout": Type.Integer({
				minimum: 100,
				maximum: 3_600_000,
				default: 10_000,
				unit: "milliseconds",
				description: "Time the up to 256 messages that are handed over together may take.",
			}),
			"max-result": bytes(256 << 10, 1 << 26, "Longest message a graph may publish."),
			"max-print": Type.Integer({
				minimum: 0,
				maximum: 1_000_000,
				default: 2000,
				unit: "characters",
				description: "What functions may print for one message; it goes to the log at debug level.",
			}),
			"recursion-limit": Type.Integer({
				minimum: 50,
				maximum: 1000,
				default: 1000,
				description: "Depth of Python calls.",
			}),
			"engine-memory": Type.Integer({
				minimum: 64,
				maximum: 2048,
				default: 256,
				unit: "MiB",
				description: "Memory all user functions share; files they write may take half of it.",
			}),
			"queue-per-link": Type.Integer({
				minimum: 1,
				maximum: 1_000_000,
				default: 1000,
				unit: "messages",
				description: "Messages of one input waiting for the functions; the newest win.",
			}),
			"max-graphs": reloadable(count(10_000, "Graphs that may be attached at a time.")),
			"max-source": reloadable(bytes(64 << 10, 1 << 24, "Largest source of one function.")),
			"max-functions": reloadable(
				count(10_000, "Functions in the store; the one unused longest gives way to a new one."),
			),
		},
		{ description: "The data path: graphs and their Python functions." },
	),
	log: Type.Object(
		{
			level: reloadable(
				Type.Union(
					[
						Type.Literal("debug"),
						Type.Literal("info"),
						Type.Literal("warn"),
						Type.Literal("error"),
					],
					{ default: "info", description: "Least severity that is written." },
				),
			),
			rooms: reloadable(
				Type.String({
					default: "",
					pattern: `^(${ROOM_LEVEL}(, *${ROOM_LEVEL})*)?$`,
					patternText: `empty or a list such as broker:debug, esm:warn (rooms: ${ROOMS.join(", ")})`,
					description: "Rooms of the server with a level of their own.",
				}),
			),
			format: Type.Union([Type.Literal("text"), Type.Literal("json")], {
				default: "text",
				description: "text for people, json (one object a line) for machines.",
			}),
			"max-file": bytes(
				5 << 20,
				1 << 30,
				"Size at which the log file of a detached server (iotctl.log in userdir) is begun anew; the former one is kept.",
			),
		},
		{ description: "The log, on standard error." },
	),
});

/** The validated configuration: section → key → typed value, names as in the ini. */
export type Config = Static<typeof ConfigSchema>;
