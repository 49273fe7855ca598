import type { IClientOptions } from "mqtt";
import type { RunInfo } from "../daemon/mod.ts";
import { externalBrokerOptions } from "../servers/mod.ts";
import type { Config } from "../settings/mod.ts";
import { OWN_TLS } from "./running.ts";

/**
 * How MQTT.js reaches the running server's broker as `local`, or the external one as the server itself does, to be
 * tried in turn.
 */
export function brokersOf(config: Config, { mqtt, key }: RunInfo): IClientOptions[] {
	if (config["core-mqtt"].broker === "external") return externalBrokersOf(config);
	const { protocol, hostname, port } = new URL(mqtt);
	const own: IClientOptions = {
		// Handed the URL itself MQTT.js warns of its own way to read it.
		protocol: protocol === "mqtts:" ? "mqtts" : "mqtt",
		host: hostname.replace(/^\[(.*)\]$/, "$1"),
		port: Number(port),
		username: "local",
		password: key,
		...OWN_TLS,
	};
	return [own];
}

/**
 * The same for each address an external broker may have.
 * @throws ConfigError when the file of its password or authority cannot be read.
 */
export function externalBrokersOf(
	config: Config,
): (IClientOptions & { host: string; port: number })[] {
	const { scheme, ca, addresses, username, password } = externalBrokerOptions(
		{ values: config },
		undefined,
	);
	return addresses.map((address) => ({
		...address,
		protocol: scheme,
		...(username !== "" && { username, password }),
		...(ca !== undefined && { ca }),
	}));
}
