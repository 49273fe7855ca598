import type { DeviceApi } from "./devices/device-api.ts";
import type { DeviceLinks } from "./devices/device-links.ts";
import type { Devices } from "./devices/devices.ts";
import type { GraphApi } from "./graphs/graph-api.ts";
import type { SharedDetach } from "./graphs/shared-detach.ts";
import type { HttpDevices } from "./http-devices/http-devices.ts";

export interface SharedWorkDeps {
	readonly devices: Devices;
	readonly deviceLinks: DeviceLinks;
	readonly http: HttpDevices;
	readonly graphs: GraphApi;
	readonly deviceApi: DeviceApi;
	readonly detaching: SharedDetach;
	/** Of a graph (`CLIENT/GRAPH`) or device. */
	readonly partitionOf: (key: string) => number;
}

/** Devices and graphs of partitions that a node of a cluster takes over and leaves. */
export class SharedWork {
	readonly #deps: SharedWorkDeps;

	constructor(deps: SharedWorkDeps) {
		this.#deps = deps;
	}

	/** Listens to what other nodes tell. */
	start(): void {
		this.#deps.deviceLinks.start();
		this.#deps.detaching.start();
	}

	/** Waits for other nodes no longer. */
	finish(): void {
		this.#deps.detaching.stop();
	}

	/** Finishes what was told. */
	stop(): Promise<void> {
		return this.#deps.deviceLinks.stop();
	}

	/** Takes over what is stored of partitions; where it throws, nothing of them is here. @throws StorageError */
	async begin(partitions: ReadonlySet<number>): Promise<void> {
		const { devices, deviceLinks, http, graphs, deviceApi, partitionOf } = this.#deps;
		const isOurs = (key: string) => partitions.has(partitionOf(key));
		try {
			const ids = await devices.adopt(isOurs);
			await deviceLinks.adopt(isOurs);
			for (const id of ids) http.follow(id);
			await graphs.adopt(isOurs);
			deviceApi.takenOver();
		} catch (error) {
			await this.#drop(isOurs, true);
			throw error;
		}
	}

	/** Leaves a partition to another node. @param isLost Whether it is another's already. */
	end(partition: number, isLost: boolean): Promise<void> {
		return this.#drop((key) => this.#deps.partitionOf(key) === partition, isLost);
	}

	async #drop(isGone: (key: string) => boolean, isLost: boolean): Promise<void> {
		const { devices, deviceLinks, http, graphs } = this.#deps;
		await graphs.drop(isGone);
		const ids = await devices.drop(isGone, isLost);
		deviceLinks.drop(isGone);
		for (const id of ids) http.leave(id);
	}
}
