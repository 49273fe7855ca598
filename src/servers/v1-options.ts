import { readNetworks, sectionValues } from "../config/mod.ts";
import { V1 } from "../csm/config.ts";
import { looksOld, type V1Options } from "../csm/mod.ts";
import { authIsOn, type Config, type Listener } from "../settings/mod.ts";

/** UDP port of clients that look for a server. */
const DISCOVERY_PORT = 17_000;

/** How the older protocol is spoken; undefined: it is not. */
export function v1Options(config: Config): V1Options | undefined {
	const { port, broadcast, ...values } = sectionValues(config, V1);
	if (port === 0) return undefined;
	const networks = readNetworks(values["open-networks"]);
	return {
		bind: config.core.bind,
		port,
		broadcastPort: broadcast ? DISCOVERY_PORT : undefined,
		offlineAfterSeconds: values["offline-after"],
		openNetworks: typeof networks === "string" ? [] : networks,
	};
}

export function v1Listeners(config: Config): Listener[] {
	const { port } = sectionValues(config, V1);
	return port === 0 ? [] : [{ what: "v1", port, setting: "port in [v1]" }];
}

/** What a client of the older protocol is told at the port of the present one; undefined: it does not look like one. */
export function v1Elsewhere(config: Config, method: string, path: string): string | undefined {
	if (!looksOld(method, path)) return undefined;
	const { port } = sectionValues(config, V1);
	const where = port === 0 ? "which is off: port in [v1]" : `${port} (port in [v1])`;
	return `devices of IoTtalk's older protocol have a port of their own, ${where}`;
}

/** What the older protocol leaves open by the configuration; undefined: nothing. */
export function v1Caution(config: Config): string | undefined {
	// A program may be made of other modules.
	if (!(V1.name in config)) return undefined;
	const { port, "open-networks": networks } = sectionValues(config, V1);
	if (port === 0 || networks === "" || !authIsOn(config)) return undefined;
	return `on port ${port} devices from ${networks} register and send without a login (open-networks in [v1])`;
}
