import { networkInterfaces } from "node:os";
import type { Config } from "../config/config.ts";
import type { Addresses } from "../server.ts";
import { VERSION } from "../version.ts";

const EXAMPLE_ID = "df682f01-7c3a-49fd-8f5f-72ce0b6e68c0";
const EXAMPLE_BODY =
	'{"name":"BetaCat","idf_list":[["meow",["dB"]]],"odf_list":[["meow",["dB"]]],"accept_protos":["mqtt"],"profile":{"model":"AI"}}';

/** What `start` prints once everything listens: where, who can reach it, and what to type next. */
export function banner(config: Config, addresses: Addresses, databasePath: string): string {
	const { bind } = config.core;
	const external = config["core-mqtt"].broker === "external";
	const brokerHost = config["core-mqtt"].host || "localhost";
	const open = bind === "0.0.0.0" || bind === "::";
	const host = open ? "localhost" : bind.includes(":") ? `[${bind}]` : bind;
	const reach = open
		? `everyone who reaches this machine (${lanAddresses().join(", ") || "no network found"}), without a login`
		: bind.startsWith("127.") || bind === "::1"
			? "this machine only (set bind in [core] to change that)"
			: `everyone who reaches ${bind}, without a login`;
	const mqttHost = external ? brokerHost : host;
	const whose = external ? ", on a broker of its own" : "";
	return `IoTtalk ${VERSION} is running; Ctrl-C stops it.

  HTTP       http://${host}:${addresses.http}   devices register here
  MQTT       mqtt://${mqttHost}:${addresses.mqtt}   devices and graph scripts connect here${whose}
  WebSocket  ws://${mqttHost}:${addresses.ws}     the same, for browsers
  Database   ${databasePath}
  Open to    ${reach}

Register a device, in another terminal:

  curl -X PUT http://${host}:${addresses.http}/${EXAMPLE_ID} \\
    -H 'Content-Type: application/json' \\
    -d '${EXAMPLE_BODY}'

Then watch what the server and your devices say to each other:

  mosquitto_sub -h ${mqttHost} -p ${addresses.mqtt} -v -t '#'

`;
}

function lanAddresses(): string[] {
	return Object.values(networkInterfaces())
		.flatMap((addresses) => addresses ?? [])
		.filter((address) => !address.internal && address.family === "IPv4")
		.map((address) => address.address);
}
