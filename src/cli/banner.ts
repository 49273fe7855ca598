import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { dirname, join, resolve } from "node:path";
import { VERSION } from "../kit/mod.ts";
import { authIsOn, type Config, encryptionOf, functionsCaution, isLocal } from "../settings/mod.ts";

const EXAMPLE_ID = "df682f01-7c3a-49fd-8f5f-72ce0b6e68c0";
const EXAMPLE_BODY =
	'{"name":"BetaCat","idf_list":[["meow",["dB"]]],"odf_list":[["meow",["dB"]]],"accept_protos":["mqtt"],"profile":{"model":"AI"}}';

/** What a server says of itself when it is ready. */
export interface Ready {
	readonly addresses: { readonly http: string; readonly mqtt: string; readonly ws: string };
	readonly database: string;
	readonly pid: number;
	/** Whether there is somebody who may log in. */
	readonly hasAdmin: boolean;
	/** The ini it was started with, and how it was found. */
	readonly ini: string;
}

/** What `start` prints once everything listens: where, who can reach it, and what to type next. */
export function banner(config: Config, ready: Ready, isDetached: boolean): string {
	const { http, mqtt, ws } = ready.addresses;
	const broker = new URL(mqtt);
	const isExternal = config["core-mqtt"].broker === "external";
	const trusting = (option: string) => {
		const authority = authorityOf(config);
		return authority === undefined ? "" : `${option} ${authority} `;
	};
	const stop = isDetached ? "iotctl stop ends it" : "Ctrl-C stops it";
	return `IoTtalk ${VERSION} is running (pid ${ready.pid}); ${stop}.

  ├─ HTTP       ${http}   devices register; open it in a browser to watch
  ├─ MQTT       ${mqtt}   devices and graph scripts connect${isExternal ? ", on a broker of its own" : ""}
  ├─ WebSocket  ${ws}     the same, for browsers
  ├─ Database   ${ready.database}
  ├─ Ini        ${ready.ini}
  └─ Open to    ${openTo(config)}
${trust(config)}${setUp(config, ready)}
Register a device, in another terminal:

  curl ${http.startsWith("https") ? trusting("--cacert") : ""}-X PUT ${http}/${EXAMPLE_ID}${authIsOn(config) ? "?token=TOKEN" : ""} \\
    -H 'Content-Type: application/json' \\
    -d '${EXAMPLE_BODY}'

See how it is:

  curl ${http.startsWith("https") ? trusting("--cacert") : ""}${authIsOn(config) ? "-u admin " : ""}${http}/api/status

Then watch what the server and your devices say to each other:

  mosquitto_sub -h ${broker.hostname} -p ${broker.port}${mqtt.startsWith("mqtts") ? ` ${trusting("--cafile").trim()}` : ""}${authIsOn(config) && !isExternal ? " -u admin -P PASSWORD" : ""} -v -t '#'

`;
}

/** File of the authority `iotctl cert self-signed` made beside the certificate. */
function authorityOf({ core, tls }: Config): string | undefined {
	const path = join(dirname(resolve(core.userdir, tls.cert)), "ca.pem");
	return tls.cert !== "" && existsSync(path) ? path : undefined;
}

function trust(config: Config): string {
	const caution = functionsCaution(config);
	return caution === undefined ? "" : `\nTrust whoever may draw graphs: ${caution}.\n`;
}

/** Logins are asked for, and nobody has one: what to type. */
function setUp(config: Config, { hasAdmin }: Ready): string {
	if (!authIsOn(config) || hasAdmin) return "";
	return `
Nobody can log in yet. Make an admin, and a token that devices register with:

  iotctl user add admin
  iotctl token create phones
`;
}

function openTo(config: Config): string {
	const { bind } = config.core;
	const login = authIsOn(config) ? "with a login" : "WITHOUT A LOGIN";
	if (isLocal(config)) {
		const whom = authIsOn(config) ? ", with a login" : "";
		return `this machine only${whom} (set bind in [core] to change that)`;
	}
	const everywhere = bind === "0.0.0.0" || bind === "::";
	const where = everywhere
		? `this machine (${lanAddresses().join(", ") || "no network found"})`
		: bind;
	const encrypted = Object.values(encryptionOf(config)).filter((is) => is).length;
	const how = ["not encrypted (see [tls])", "partly encrypted", "partly encrypted", "encrypted"];
	return `everyone who reaches ${where}, ${login}, ${how[encrypted]}`;
}

function lanAddresses(): string[] {
	return Object.values(networkInterfaces())
		.flatMap((addresses) => addresses ?? [])
		.filter((address) => !address.internal && address.family === "IPv4")
		.map((address) => address.address);
}
