import type { CsmDevice, DeviceEvent, DeviceFeature } from "../../csm-client/mod.ts";

/** A device as it registered, and when it was heard of. */
export interface RegisteredDevice {
	readonly inputs: readonly DeviceFeature[];
	readonly outputs: readonly DeviceFeature[];
	/** Whether it sends and receives over HTTP. */
	readonly isHttp?: boolean;
	/** Unix time in seconds at which it came, went or registered; null: not since the server started. */
	readonly seen: number | null;
}

/** What is known of a device only while CSM has it. @returns undefined: CSM does not. */
export type Registered = (macAddr: string) => RegisteredDevice | undefined;

/** Notes when devices come and go; nothing of it is kept over a restart. */
export class Sightings {
	readonly #devices: () => ReadonlyMap<string, CsmDevice>;
	readonly #now: () => number;
	readonly #seen = new Map<string, number>();

	/** @param now Milliseconds since 1970. */
	constructor(devices: () => ReadonlyMap<string, CsmDevice>, now: () => number) {
		this.#devices = devices;
		this.#now = now;
	}

	/** Takes an event of the directory. */
	take(event: DeviceEvent): void {
		if (event.type === "registered" || event.type === "presence") {
			this.#seen.set(event.device.id, Math.floor(this.#now() / 1000));
		} else if (event.type === "gone") this.#seen.delete(event.id);
		else for (const id of this.#seen.keys()) if (!event.devices.has(id)) this.#seen.delete(id);
	}

	/** @param macAddr In lowercase. */
	of(macAddr: string): RegisteredDevice | undefined {
		const device = this.#devices().get(macAddr);
		if (device === undefined) return undefined;
		const { inputs = [], outputs = [], isHttp = false } = device;
		return { inputs, outputs, isHttp, seen: this.#seen.get(macAddr) ?? null };
	}
}
