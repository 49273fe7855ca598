import { Type } from "@sinclair/typebox";
import { oneOf, passwordFields, port, reloadable, section } from "../config/mod.ts";
import { MAX_SEATS } from "../contract/mod.ts";

/** Port of `start ccm` alone, as the original's. */
export const CCM_PORT = 7788;

/** A key of the original's that has no meaning here. @param why Completes "is not used: …". */
const unused = (why: string) =>
	Type.String({ default: "", description: `Not used: ${why}.`, hidden: true, unused: why });

const topic = unused("topics are those of the protocol");
const topics = {
	"device-req-topic": topic,
	"device-res-topic": topic,
	"graph-req-topic": topic,
	"graph-res-topic": topic,
	"gui-req-topic": topic,
	"gui-res-topic": topic,
};

/** The project manager, its ports and who may log in. */
export const GUI = section("ccm", "gui", "Projects: accounts of people, the second HTTP port.", {
	registration: oneOf(
		["auto", "open", "code", "closed"],
		"Who may create an account: auto is open to browsers on this machine while bind is this machine only and allowed-origins is empty, else closed; code asks for a code an administrator made.",
	),
	port: Type.String({
		default: "",
		pattern: "^([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])?$",
		patternText: "empty or a port from 0 to 65535",
		description: `A second HTTP port for clients that expect CCM on one of its own; empty: none, and ${CCM_PORT} for start ccm.`,
	}),
	bind: Type.String({
		default: "",
		description: "Address of that port; empty: bind in [core].",
	}),
	prefix: Type.String({
		default: "/iottalk/ccm",
		pattern: "^(/[A-Za-z0-9._~-]+)*$",
		patternText: "empty or a path such as /iottalk/ccm",
		description:
			"Path prefix under which CCM's addresses answer too, as behind the original's proxy.",
	}),
	"ccm-url": Type.String({
		default: "",
		pattern: "^(https?://[^/?#@\\s]+(/[A-Za-z0-9._~-]+)*/?)?$",
		patternText: "empty or an address such as http://10.0.0.2:9992",
		description:
			"Of start gui: where the project manager is, with the path it has behind a proxy, if any.",
	}),
	"ccm-ca": Type.String({
		default: "",
		path: true,
		description:
			"Of start gui: certificate authority of ccm-url as a PEM file; empty: those of the system.",
	}),
	"page-api": oneOf(
		["auto", "on", "off"],
		"The API of pages over MQTT (iottalk/api/gui): auto is on with the built-in broker, which keeps each page's messages from all other clients; another broker does so only if its own rules say so.",
	),
	workbench: oneOf(
		["auto", "on", "off"],
		"A second Python that checks functions before they are stored: auto is on with 1 GB of memory or more.",
	),
	"ownership-timeout": Type.Integer({
		minimum: 0,
		maximum: 2_000_000,
		default: 0,
		unit: "seconds",
		description:
			"Age at which a device without an owner can be bound by everyone; 0: from the beginning.",
	}),
	"odf-single-bind": Type.Boolean({
		default: false,
		description: "Whether a device with output features can be bound in one place only.",
	}),
	"requests-per-second": Type.Integer({
		minimum: 0,
		maximum: 100_000,
		default: 100,
		description:
			"Requests of one account for projects, ten seconds' worth of which may come at once; administrators have ten times as many, 0: no limit.",
	}),
	"max-seats": Type.Integer({
		minimum: 1,
		maximum: MAX_SEATS,
		default: 60,
		description:
			"Devices of a crowd, which is a device object that stands for many devices of one model.",
	}),
	"max-simulated": Type.Integer({
		minimum: 0,
		maximum: 2000,
		default: 200,
		description: "Simulated devices of all projects together; at most 100 of one project.",
	}),
	"simulation-seed": Type.Integer({
		minimum: 0,
		maximum: 2_147_483_647,
		default: 0,
		description:
			"With the same seed simulated devices send the same values after each start; 0: different ones each time.",
	}),
	"web-da-dir": reloadable(
		Type.String({
			default: "",
			path: true,
			description:
				"Folder of your own pages, relative to userdir: a folder in it is served at /da/<its name>/, unless a page of the program has that name. Everyone can read them, and they see no session of the editor; empty: none.",
		}),
	),
	userdir: unused("userdir in [core] counts"),
	logdir: unused("the log goes to standard error, or to a file with --log"),
	"flask-secret-key": unused("sessions need no key"),
	"session-timeout": unused("a login ends after a day without use, and after a week"),
	debug: unused("see level in [log]"),
});

/** The database of `start ccm` alone. */
export const GUI_DB = section(
	"ccm",
	"gui-db",
	"The database of start ccm; all other servers use [core-db].",
	{
		url: Type.String({
			minLength: 1,
			path: true,
			default: "iottalk-gui.db",
			description:
				"Database of start ccm: a file, relative to userdir, :memory:, or the address of one in PostgreSQL, with the password of [core-db].",
		}),
		"pool-recycle": unused("a connection is replaced when it is lost"),
		"redis-host": unused("sessions need no Redis"),
		"redis-port": unused("sessions need no Redis"),
	},
);

/** Where `start ccm` alone finds CSM. */
export const GUI_MQTT = section("ccm", "gui-mqtt", "The broker and the CSM that start ccm uses.", {
	scheme: oneOf(["mqtt", "mqtts"], "mqtts encrypts the connection."),
	host: Type.String({
		minLength: 1,
		default: "localhost",
		description: "Host of the broker that CSM uses.",
	}),
	port: port(1883, "Its MQTT port."),
	username: Type.String({
		default: "ccm",
		description: "User name at that broker; empty for none.",
	}),
	...passwordFields,
	ca: Type.String({
		default: "",
		path: true,
		description:
			"PEM file of the authority that signed the broker's certificate (mqtts); empty: the system's authorities.",
	}),
	"csm-host": Type.String({
		default: "",
		description: "Host of CSM's HTTP API, advertised to devices' pages; empty: that of the broker.",
	}),
	"csm-port": port(9992, "Port of CSM's HTTP API."),
	"csm-token": Type.String({
		default: "",
		secret: true,
		description:
			"Registration token of CSM, for simulated devices; needed where CSM asks for logins.",
	}),
	...topics,
});

/** Where pages reach MQTT when `start ccm` runs alone. */
export const GUI_WS = section(
	"ccm",
	"gui-ws",
	"MQTT over WebSocket, as start ccm advertises it to pages.",
	{
		scheme: oneOf(["ws", "wss"], "Scheme pages use."),
		host: Type.String({
			default: "",
			description: "Host pages connect to; empty: the one in their own address.",
		}),
		port: port(1884, "Its WebSocket port."),
		"csm-host": unused("csm-host in [gui-mqtt] counts"),
		"csm-port": unused("csm-port in [gui-mqtt] counts"),
		...topics,
	},
);

const endpoint = (what: string, otherwise: string) =>
	Type.String({ default: "", description: `${what}; empty: ${otherwise}.` });

/** Where devices' pages register. */
export const GUI_EC = section("ccm", "gui-ec", "Where pages that are devices register.", {
	"ec-endpoint": endpoint(
		"Base address of CSM advertised to them",
		"the address of CSM as it is known",
	),
});

/** A simulator beside CCM. */
export const GUI_SIMTALK = section("ccm", "gui-simtalk", "SimTalk, a simulator of its own.", {
	"simtalk-endpoint": endpoint("Its base address, advertised to pages", "there is none"),
});

/** The sections of the project manager. */
export const CCM_SECTIONS = [GUI, GUI_DB, GUI_MQTT, GUI_WS, GUI_EC, GUI_SIMTALK] as const;
