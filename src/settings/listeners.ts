import type { Config } from "./config.ts";

/** A listener of this server's own. */
export interface Listener {
	readonly what: "HTTP" | "HTTPS" | "MQTT" | "WebSocket" | "second HTTP" | "v1";
	/** 0: any that is free. */
	readonly port: number;
	/** The key that sets it. */
	readonly setting: string;
	/** Where it binds to, if not at `bind` in `[core]`. */
	readonly bind?: string;
}

/** The key that sets the encrypted HTTP port. */
export const HTTPS_SETTING = "https-port in [core]";

/** Two listeners on one port. */
export interface SharedPort {
	readonly first: Listener;
	readonly second: Listener;
	readonly port: number;
}

/**
 * What the server listens on; with an external broker that is HTTP alone, encrypted or not.
 * @param further Listeners of its modules.
 */
export function ownListeners(config: Config, further: readonly Listener[] = []): Listener[] {
	const { core, "core-mqtt": mqtt, "core-ws": ws } = config;
	const http: Listener[] = [
		{ what: "HTTP", port: core["http-port"], setting: "http-port in [core]" },
	];
	const https = core["https-port"];
	if (https !== 0) http.push({ what: "HTTPS", port: https, setting: HTTPS_SETTING });
	if (mqtt.broker === "external") return [...http, ...further];
	return [
		...http,
		{ what: "MQTT", port: mqtt.port, setting: "port in [core-mqtt]" },
		{ what: "WebSocket", port: ws.port, setting: "port in [core-ws]" },
		...further,
	];
}

/** Listeners whose port an earlier one has. */
export function sharedPorts(config: Config, further: readonly Listener[] = []): SharedPort[] {
	const listeners = ownListeners(config, further);
	return listeners.flatMap((second, index) => {
		const { port } = second;
		const first = listeners.slice(0, index).find((other) => port !== 0 && other.port === port);
		return first === undefined ? [] : [{ first, second, port }];
	});
}
