import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { SETUP_MINUTES } from "../auth/mod.ts";
import { VERSION } from "../kit/mod.ts";
import { functionsCaution, nodeName, v1Caution, v1Options } from "../servers/mod.ts";
import {
	type Addresses,
	authIsOn,
	type Config,
	encryptionOf,
	isLocal,
	lanAddresses,
} from "../settings/mod.ts";

const EXAMPLE_ID = "df682f01-7c3a-49fd-8f5f-72ce0b6e68c0";
const EXAMPLE_BODY =
	'{"name":"BetaCat","idf_list":[["meow",["dB"]]],"odf_list":[["meow",["dB"]]],"accept_protos":["mqtt"],"profile":{"model":"AI"}}';

/** What a server says of itself when it is ready. */
export interface Ready {
	readonly addresses: Addresses;
	readonly database: string;
	readonly pid: number;
	/** Whether there is an administrator. */
	readonly hasAdmin: boolean;
	/** The ini it was started with, and how it was found. */
	readonly ini: string;
	/** What it serves. */
	readonly servers: readonly string[];
	/** Where the first administrator is made; none where there is one, or where this is not shown. */
	readonly setup?: readonly string[];
}

/** What `start` prints once everything listens: where, who can reach it, and what to type next. */
export function banner(config: Config, ready: Ready, isDetached: boolean): string {
	const { http, https, mqtt, ws } = ready.addresses;
	const secure = https === undefined ? "" : `  ├─ HTTPS      ${https}   the same, for phones\n`;
	const hasCsm = ready.servers.includes("csm");
	const old = hasCsm ? olderPort(config, http) : "";
	const isExternal = config["core-mqtt"].broker === "external";
	const stop = isDetached ? "iotctl stop" : "Ctrl-C";
	const { servers } = ready;
	const editor = `${http}/gui/   projects, in a browser`;
	return `IoTtalk ${VERSION} is running (pid ${ready.pid}). Stop it with: ${stop}

${hasEditor(servers) ? `  ├─ Editor     ${editor}\n` : ""}  ├─ HTTP       ${http}   ${httpOffers(servers)}
${secure}  ├─ MQTT       ${mqtt}   ${hasCsm ? "devices and graph scripts" : "the broker of CSM"}${isExternal ? " (external broker)" : ""}
  ├─ WebSocket  ${ws}     MQTT for browsers
${old}  ├─ Database   ${ready.database}
${hasCsm ? ofCluster(config) : ""}  ├─ Ini        ${ready.ini}
  └─ Access     ${openTo(config)}
${hasCsm ? trust(config) : ""}${setUp(config, ready)}${hasCsm ? firstSteps(config, ready) : "\n"}`;
}

function olderPort(config: Config, http: string): string {
	const port = v1Options(config)?.port;
	if (port === undefined) return "";
	const { hostname } = new URL(http);
	return `  ├─ v1         http://${hostname}:${port}   devices of the older protocol\n`;
}

function ofCluster(config: Config): string {
	const { name } = config.cluster;
	if (name === "") return "";
	return `  ├─ Cluster    ${name}, as node ${nodeName(config)}; to see all of them: iotctl cluster list\n`;
}

function hasEditor(servers: readonly string[]): boolean {
	return servers.includes("ccm");
}

/** What programs and browsers find at the HTTP port. */
function httpOffers(servers: readonly string[]): string {
	if (!servers.includes("csm")) return "accounts and API of projects";
	const page = hasEditor(servers)
		? "the live page is at /live"
		: "open it in a browser for the live page";
	return `device registration; ${page}`;
}

/** What to type next. */
function firstSteps(config: Config, { addresses: { http, mqtt } }: Ready): string {
	const broker = new URL(mqtt);
	const isExternal = config["core-mqtt"].broker === "external";
	const trusting = (option: string) => {
		const authority = authorityOf(config);
		return authority === undefined ? "" : `${option} ${authority} `;
	};
	return `
Register a device, in another terminal:

  curl ${http.startsWith("https") ? trusting("--cacert") : ""}-X PUT ${http}/${EXAMPLE_ID}${authIsOn(config) ? "?token=TOKEN" : ""} \\
    -H 'Content-Type: application/json' \\
    -d '${EXAMPLE_BODY}'

Show its status:

  curl ${http.startsWith("https") ? trusting("--cacert") : ""}${authIsOn(config) ? "-u admin " : ""}${http}/api/status

Watch the messages between the server and your devices:

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
	const open = v1Caution(config);
	return [
		caution === undefined ? "" : `\nLet only people you trust create graphs: ${caution}.\n`,
		open === undefined ? "" : `\n${open.charAt(0).toUpperCase()}${open.slice(1)}.\n`,
	].join("");
}

/** What to open where people have accounts, or to type where logins are required, and there is no administrator. */
function setUp(config: Config, { hasAdmin, servers, setup = [] }: Ready): string {
	if (hasAdmin) return "";
	if (setup.length > 0) {
		return `
Set it up in a browser; the address works once, for ${SETUP_MINUTES} minutes:

${setup.map((address) => `  ${address}\n`).join("")}`;
	}
	if (servers.includes("ccm")) {
		return `
There is no administrator yet. Get the address where the first one is made with:

  iotctl setup
`;
	}
	if (!authIsOn(config)) return "";
	return `
There is no administrator yet. Add one, and create a token for devices to register with:

  iotctl user add admin
  iotctl token create phones
`;
}

function openTo(config: Config): string {
	const { bind } = config.core;
	const login = authIsOn(config) ? "with a login" : "WITHOUT A LOGIN";
	if (isLocal(config)) {
		const whom = authIsOn(config) ? ", with a login" : "";
		return `this machine only${whom} (to change that, set bind in [core])`;
	}
	const everywhere = bind === "0.0.0.0" || bind === "::";
	const where = everywhere
		? `this machine (${lanAddresses().join(", ") || "no network found"})`
		: bind;
	const port = config.core["https-port"];
	const encrypted = Object.values(encryptionOf(config)).filter((is) => is).length;
	const how = ["not encrypted (see [tls])", "partly encrypted", "partly encrypted", "encrypted"];
	const besides = port === 0 || encrypted === how.length - 1 ? "" : `, except HTTPS on ${port}`;
	return `anyone who can reach ${where}, ${login}, ${how[encrypted]}${besides}`;
}
