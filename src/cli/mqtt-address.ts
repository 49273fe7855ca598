import type { IClientOptions } from "mqtt";

/** A broker's URL as MQTT.js's options: handed the URL itself it warns of its own way to read it. */
export function addressOf(url: string): Pick<IClientOptions, "protocol" | "host" | "port"> {
	const { protocol, hostname, port } = new URL(url);
	return {
		protocol: protocol === "mqtts:" ? "mqtts" : "mqtt",
		host: hostname.replace(/^\[(.*)\]$/, "$1"),
		port: Number(port),
	};
}
