import { withoutBrackets } from "../config/mod.ts";
import type { Config } from "./config.ts";
import { encryptionOf, schemesOf } from "./schemes.ts";

/** Ports the running server listens on, or its external broker does. */
export interface Ports {
	readonly http: number;
	readonly mqtt: number;
	readonly ws: number;
	/** The encrypted HTTP port besides; undefined: there is none. */
	readonly https?: number;
}

/** Addresses as URLs. */
export interface Addresses {
	readonly http: string;
	readonly mqtt: string;
	readonly ws: string;
	readonly https?: string;
}

/**
 * Where clients on this machine reach the server.
 * @param everywhere Host to name when it listens on all addresses.
 */
export function addressesOf(config: Config, ports: Ports, everywhere: string): Addresses {
	const { core, "core-mqtt": mqtt } = config;
	const isExternal = mqtt.broker === "external";
	const own = hostIn(core.bind, everywhere);
	const broker = isExternal ? hostIn(mqtt.host || "localhost", everywhere) : own;
	// A proxy's scheme is the proxy's.
	const encrypted = encryptionOf(config);
	const schemes = isExternal
		? schemesOf(config)
		: { mqtt: encrypted.mqtt ? "mqtts" : "mqtt", ws: encrypted.ws ? "wss" : "ws" };
	return {
		http: `${encrypted.http ? "https" : "http"}://${own}:${ports.http}`,
		mqtt: `${schemes.mqtt}://${broker}:${ports.mqtt}`,
		ws: `${schemes.ws}://${broker}:${ports.ws}`,
		...(ports.https !== undefined && { https: `https://${own}:${ports.https}` }),
	};
}

/** The host to name for an address that was bound to. */
function hostIn(bind: string, everywhere: string): string {
	if (bind === "0.0.0.0" || bind === "::") return everywhere;
	const host = withoutBrackets(bind);
	return host.includes(":") ? `[${host}]` : host;
}
