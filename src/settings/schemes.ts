import type { Config } from "./config.ts";

/** Schemes clients use. */
export interface Schemes {
	readonly http: "http" | "https";
	readonly mqtt: "mqtt" | "mqtts";
	readonly ws: "ws" | "wss";
}

/** The schemes advertised to devices (`csm.md §2.2`): those in the ini, or what the listeners speak. */
export function schemesOf({ core, "core-mqtt": mqtt, "core-ws": ws, tls }: Config): Schemes {
	// An encrypted port besides is for networks with devices that cannot encrypt.
	const isForAll = tls.cert !== "" && core["https-port"] === 0;
	const isOurs = mqtt.broker === "embedded" && isForAll;
	return {
		http: core["http-scheme"] === "auto" ? (isForAll ? "https" : "http") : core["http-scheme"],
		mqtt: mqtt.scheme === "auto" ? (isOurs ? "mqtts" : "mqtt") : mqtt.scheme,
		ws: ws.scheme === "auto" ? (isOurs ? "wss" : "ws") : ws.scheme,
	};
}

/** Which of our listeners encrypt: those with an encrypted scheme, once there is a certificate. */
export function encryptionOf(config: Config): { http: boolean; mqtt: boolean; ws: boolean } {
	const schemes = schemesOf(config);
	const can = config.tls.cert !== "";
	return {
		http: can && schemes.http === "https",
		mqtt: can && schemes.mqtt === "mqtts",
		ws: can && schemes.ws === "wss",
	};
}
