import { type Logger, messageOf } from "../../kit/mod.ts";
import { type Device, newDevice } from "./attendance.ts";
import type { DeviceRecords } from "./device-records.ts";
import type { PageDevices } from "./page-devices.ts";

export interface StoredDevicesDeps {
	/** Those that are in memory, by id. */
	readonly devices: Map<string, Device>;
	readonly pages: PageDevices;
	readonly records: DeviceRecords;
	readonly log: Logger;
}

/** Brings devices from the database into memory: all at a start, or those that a node of a cluster takes over. */
export class StoredDevices {
	readonly #deps: StoredDevicesDeps;

	constructor(deps: StoredDevicesDeps) {
		this.#deps = deps;
	}

	/** @param isOurs Whether one with that id is for this server. @param areThere Whether those are that were. */
	async restore(isOurs: (id: string) => boolean, areThere: boolean): Promise<Device[]> {
		const { devices, pages, records, log } = this.#deps;
		const onBadRow = (id: string, error: unknown) =>
			log.error("stored device left out until it registers again", {
				da_id: id,
				reason: messageOf(error),
			});
		const stored = await records.load(onBadRow, isOurs);
		return stored.map((record) => {
			const device = newDevice(record, areThere && record.isOnline ? "online" : "offline");
			devices.set(record.id, device);
			if (record.origin !== null) pages.add(record.id);
			return device;
		});
	}

	/** They are in memory no longer. */
	forget(gone: readonly Device[]): void {
		const { devices, pages, records } = this.#deps;
		for (const { record } of gone) {
			devices.delete(record.id);
			pages.remove(record.id);
			records.drop(record);
		}
	}
}
