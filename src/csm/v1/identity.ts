import type { DeviceRecord } from "../store/devices.ts";

/** Version 5 of `urn:iottalk:v1` in the namespace of URLs. */
const NAMESPACE = "bd3b1351-5735-52a9-8176-5cf60193ea70";

/**
 * The UUID of a device by what it calls its MAC address (`v1-http.md §7`), which may be any text and is taken as it was
 * sent, also if it is a UUID itself: so no such device can be another one, or take its place.
 */
export function daIdOf(mac: string): string {
	return Bun.randomUUIDv5(mac, NAMESPACE);
}

/** What a device calls its MAC address; undefined: it does not speak the older protocol. */
export function macOf({ id, profile }: Pick<DeviceRecord, "id" | "profile">): string | undefined {
	const { v1: isOld, mac_addr: mac } = profile;
	return isOld === true && typeof mac === "string" && daIdOf(mac) === id ? mac : undefined;
}
