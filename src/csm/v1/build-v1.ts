import type { Auth, OriginRules } from "../../auth/mod.ts";
import type { Network } from "../../config/mod.ts";
import type { Clock, Logger } from "../../kit/mod.ts";
import type { MqttPort } from "../../mqtt/mod.ts";
import type { Devices } from "../devices/devices.ts";
import type { OldLinks } from "./links.ts";
import { OldDevices } from "./old-devices.ts";
import type { ProjectFacts } from "./project-facts.ts";
import { OldRequests } from "./requests.ts";
import { Rights } from "./rights.ts";
import { Samples } from "./samples.ts";
import { type OldPages, V1Server, type V1ServerOptions } from "./v1-server.ts";

export interface V1Options extends V1ServerOptions {
	/** A device without a request for so long is offline. */
	readonly offlineAfterSeconds: number;
	/** Networks whose devices need neither token nor key. */
	readonly openNetworks: readonly Network[];
}

export interface V1Deps {
	readonly devices: Devices;
	readonly broker: MqttPort;
	readonly auth: Auth;
	readonly origins: OriginRules;
	readonly links: OldLinks;
	/** Undefined: no project manager runs here. */
	readonly facts: () => ProjectFacts | undefined;
	readonly pages?: OldPages | undefined;
	readonly livePage: () => string;
	readonly clock: Clock;
	readonly log: Logger;
}

/** The older protocol beside the registry and the graphs. */
export function buildV1(
	{ offlineAfterSeconds, openNetworks, ...options }: V1Options,
	{ auth, origins, pages, livePage, ...deps }: V1Deps,
): { devices: OldDevices; server: V1Server } {
	const samples = new Samples(() =>
		Math.floor((performance.timeOrigin + performance.now()) * 1000),
	);
	const devices = new OldDevices({
		...deps,
		samples,
		offlineAfterMs: () => offlineAfterSeconds * 1000,
	});
	const rights = new Rights({ auth, origins, openNetworks });
	const requests = new OldRequests({ devices, samples, rights });
	const { clock, log } = deps;
	const server = new V1Server(options, { requests, pages, livePage, clock, log });
	return { devices, server };
}
