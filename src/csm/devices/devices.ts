import type { Registration } from "../../contract/mod.ts";
import { ElsewhereError, KeyedQueue } from "../../kit/mod.ts";
import type { BrokerAdmin, Connection } from "../../mqtt/mod.ts";
import type { DeviceRecord } from "../store/devices.ts";
import { type Device, newDevice } from "./attendance.ts";
import {
	type AnnouncementListener,
	type DeregisterReason,
	DevicePresence,
	type DevicePresenceDeps,
	type DevicePresenceOptions,
} from "./device-presence.ts";
import { type DeviceLogin, DeviceRecords, type SharedRegistry } from "./device-records.ts";
import { PageDevices } from "./page-devices.ts";
import type { PresenceState } from "./presence.ts";
import { StoredDevices } from "./stored-devices.ts";

export interface DevicesOptions extends DevicePresenceOptions {
	/** Devices that may be registered at once. */
	maxDevices: number;
}

export type DevicesDeps = Omit<DevicePresenceDeps, "devices" | "onExpired" | "onOffline"> & {
	readonly broker: BrokerAdmin;
	/** Of one of several nodes, which has no devices before it takes over some. */
	readonly shared?: SharedRegistry | undefined;
};

/** The registry of device applications, their presence and their control channels (`csm.md §2`, `§3`). */
export class Devices {
	readonly #records: DeviceRecords;
	readonly #deps: Pick<DevicesDeps, "broker" | "shared" | "log">;
	readonly #devices = new Map<string, Device>();
	readonly #pages = new PageDevices();
	readonly #queue = new KeyedQueue();
	readonly #presence: DevicePresence;
	readonly #stored: StoredDevices;
	#registrations = 0;

	constructor(options: DevicesOptions, deps: DevicesDeps) {
		this.#records = new DeviceRecords(options, deps.store, {
			...{ registered: () => this.#devices.size, shared: deps.shared, clock: deps.clock },
		});
		this.#deps = deps;
		this.#stored = new StoredDevices({
			...{ devices: this.#devices, pages: this.#pages, records: this.#records, log: deps.log },
		});
		this.#presence = new DevicePresence(options, {
			...deps,
			devices: this.#devices,
			onExpired: (id) => this.#expire(id),
			onOffline: (id) => this.#pages.wentAway(id),
		});
	}

	/** Brings stored devices back and listens to their uplinks. */
	async start(): Promise<void> {
		if (this.#deps.shared === undefined) await this.#stored.restore(() => true, false);
		await this.#presence.start();
	}

	/** Takes over stored devices from other nodes, those with an id that is ours from now on. @returns their ids. */
	async adopt(isOurs: (id: string) => boolean): Promise<string[]> {
		const devices = await this.#stored.restore(isOurs, true);
		this.#presence.adopt(devices);
		return devices.map(({ record }) => record.id);
	}

	/**
	 * Leaves devices to other nodes of the cluster.
	 * @param isLost Whether they are another's already, which nothing can be stored of.
	 * @returns their ids.
	 */
	async drop(isGone: (id: string) => boolean, isLost: boolean): Promise<string[]> {
		const devices = [...this.#devices.values()].filter(({ record }) => isGone(record.id));
		await this.#presence.drop(devices, isLost);
		this.#stored.forget(devices);
		return devices.map(({ record }) => record.id);
	}

	/** From now on no device comes or goes: the broker is about to close all connections. */
	finish(): void {
		this.#presence.freeze();
	}

	async stop(): Promise<void> {
		await this.#presence.close();
		await this.#queue.idle();
		await this.#presence.stop();
	}

	/** Registrations and re-registrations since the start. */
	get registrations(): number {
		return this.#registrations;
	}

	/** All registered devices with their presence, in order of registration. */
	list(): { record: DeviceRecord; presence: PresenceState }[] {
		return [...this.#devices.values()].map(({ record, presence }) => ({ record, presence }));
	}

	/** Says for a device that does not do so over MQTT whether it is there; nothing happens for an unknown one. */
	report(id: string, state: "online" | "offline"): void {
		const device = this.#devices.get(id);
		if (device !== undefined) this.#presence.reported(device, state);
	}

	/** Hears announcements from now on (`csm.md §7`). */
	onAnnouncement(listener: AnnouncementListener): void {
		this.#presence.onAnnouncement(listener);
	}

	/** A link is gone over which a device had sent so many messages of data: they still count as a sign of life. */
	linkGone(id: string, messages: number): void {
		const device = this.#devices.get(id);
		if (device !== undefined) device.sentOverGone += messages;
	}

	/** Whether a device counts as online without doubt. */
	isSurelyOnline(id: string): boolean {
		const device = this.#devices.get(id);
		return device?.presence === "online" && !device.doubted && !device.restored;
	}

	/** A device shows itself over something that is not the broker's, and ends as a connection does (`csm.md §3.4`). */
	shown(id: string, connection: Connection): void {
		const device = this.#devices.get(id);
		if (device !== undefined) this.#presence.shown(device, connection);
	}

	/** That is over: unless a newer connection speaks for it, the device is offline. */
	ended(connection: Connection): void {
		this.#presence.ended(connection);
	}

	/** @param id UUID in lowercase. */
	get(id: string): DeviceRecord | undefined {
		return this.#devices.get(id)?.record;
	}

	/**
	 * Registers a device or replaces its registration (`csm.md §2.2`); durable when it resolves.
	 * @param loginOf Gives the device's login; what it throws refuses the registration. It may be asked twice.
	 * @throws InputError when there is no room for another device, ElsewhereError when it is another node's.
	 */
	register(
		id: string,
		registration: Registration,
		loginOf: (known: DeviceRecord | undefined) => DeviceLogin,
	): Promise<DeviceRecord> {
		return this.#queue.run(id, async () => {
			const { origin } = loginOf(this.#ours(id)?.record);
			try {
				if (origin !== null) await this.#makeRoomForPage(id);
				const named = await this.#records.named(registration, this.#ours(id)?.record);
				// It may have gone to another node meanwhile, and come back as it was left there.
				const known = this.#ours(id);
				const entered = { ...named, ...loginOf(known?.record) };
				return await this.#records.put(id, known?.record, entered, (record) =>
					this.#entered(known ?? newDevice(record, "nothing"), record),
				);
			} finally {
				if ((this.#devices.get(id)?.record.origin ?? null) === null) this.#pages.remove(id);
			}
		});
	}

	#entered(device: Device, record: DeviceRecord): void {
		device.record = record;
		this.#devices.set(record.id, device);
		this.#registrations += 1;
		this.#presence.registered(device);
		this.#deps.broker.disconnectRevoked(record.id);
	}

	/**
	 * Changes parts of a registration and keeps its rev (`csm.md §2.5`).
	 * @returns undefined for an unknown device.
	 * @throws ElsewhereError when it is another node's.
	 */
	change(id: string, changes: Partial<Registration>): Promise<DeviceRecord | undefined> {
		return this.#queue.run(id, async () => {
			const device = this.#ours(id);
			if (device === undefined) return undefined;
			const presence = () => this.#presence.stored(id);
			return this.#records.change(device.record, changes, presence, (record) => {
				device.record = record;
			});
		});
	}

	/**
	 * Deregisters a device (`csm.md §2.4`).
	 * @param rev Token of the current registration.
	 * @throws ElsewhereError when it is another node's.
	 */
	deregister(id: string, rev: unknown): Promise<"done" | "unknown" | "stale"> {
		return this.#queue.run(id, async () => {
			const device = this.#ours(id);
			if (device === undefined) return "unknown";
			if (device.record.rev !== rev) return "stale";
			await this.#remove(device);
			return "done";
		});
	}

	/** @throws ElsewhereError where another node has it: nothing is known of it here. */
	#ours(id: string): Device | undefined {
		if (this.#deps.shared?.isOurs(id) !== false) return this.#devices.get(id);
		throw new ElsewhereError("the server cannot store this now: the device is another node's");
	}

	#remove(device: Device, reason?: DeregisterReason): Promise<void> {
		const { id } = device.record;
		return this.#records.remove(device.record, () => {
			this.#devices.delete(id);
			this.#pages.remove(id);
			this.#presence.deregistered(device, reason);
			this.#deps.broker.disconnectRevoked(id);
		});
	}

	/** @throws InputError when pages of other origins have registered too many devices, or too many at once. */
	async #makeRoomForPage(id: string): Promise<void> {
		const evicted = this.#pages.enter(
			id,
			(other) => this.#devices.get(other)?.presence === "online",
		);
		if (evicted === undefined) return;
		await this.#queue.run(evicted, async () => {
			const device = this.#devices.get(evicted);
			if (device === undefined || device.record.origin === null) return;
			this.#deps.log.info("device of a page deregistered for another one", { da_id: evicted });
			await this.#remove(device, "expired");
		});
	}

	#expire(id: string): Promise<void> {
		return this.#queue.run(id, async () => {
			const device = this.#devices.get(id);
			if (device === undefined) return;
			// It counts as online since the restart, but nothing was heard of it.
			if (device.doubted) this.#presence.happened(device, "offline");
			if (device.presence !== "offline") return;
			this.#deps.log.info("device expired", { da_id: id, device_name: device.record.name });
			await this.#remove(device, "expired");
		});
	}
}
