import type { IClientOptions } from "mqtt";
import type { Config } from "../config/config.ts";
import type { RunInfo } from "../daemon/pid-file.ts";
import { ServerOptions } from "../server-options.ts";
import { OWN_TLS } from "./running.ts";

/** How MQTT.js reaches the running server's broker as `local`, or the external one as the server itself does. */
export function brokerOf(config: Config, { mqtt, key }: RunInfo): IClientOptions {
	if (config["core-mqtt"].broker === "external") return externalBrokerOf(config);
	const { protocol, hostname, port } = new URL(mqtt);
	return {
		// Handed the URL itself MQTT.js warns of its own way to read it.
		protocol: protocol === "mqtts:" ? "mqtts" : "mqtt",
		host: hostname.replace(/^\[(.*)\]$/, "$1"),
		port: Number(port),
		username: "local",
		password: key,
		...OWN_TLS,
	};
}

/** @throws ConfigError when the file of its password or authority cannot be read. */
export function externalBrokerOf(config: Config): IClientOptions {
	const { scheme, ca, host, port, username, password } = new ServerOptions(config).externalBroker();
	return {
		protocol: scheme,
		host,
		port,
		...(username !== "" && { username, password }),
		...(ca !== undefined && { ca }),
	};
}
