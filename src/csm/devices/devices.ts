import type { Broker, BrokerMessage } from "../../broker/broker.ts";
import { InputError, messageOf } from "../../errors.ts";
import type { Logger } from "../../log.ts";
import type { DeviceRecord, Store } from "../../store/store.ts";
import { KeyedQueue } from "../keyed-queue.ts";
import { pythonText } from "../python-text.ts";
import { Attendance, type AttendanceOptions, type Device } from "./attendance.ts";
import { Expiry, type StoredPresence } from "./expiry.ts";
import { NamePool } from "./name-pool.ts";
import { PageDevices } from "./page-devices.ts";
import {
	type Announcement,
	nextPresence,
	type PresenceEvent,
	type PresenceState,
} from "./presence.ts";
import { type Registration, speaksMqtt } from "./registration.ts";
import type { Signals } from "./signals.ts";
import { readUplink } from "./uplink.ts";

export { DeviceApi } from "./device-api.ts";
export { metadataOf } from "./metadata.ts";
export {
	type Registration,
	readRegistration,
	readRegistrationChanges,
	speaksMqtt,
} from "./registration.ts";
export { SIGNAL_DEFAULTS, Signals, type SignalsOptions } from "./signals.ts";

export interface DevicesOptions extends AttendanceOptions {
	/** A device not online for so long is deregistered (`csm.md §2.6`). */
	expirationSeconds: number;
	/** Devices that may be registered at a time. */
	maxDevices: number;
}

export interface DevicesDeps {
	readonly store: Store;
	readonly broker: Broker;
	readonly signals: Signals;
	/** Devices whose data has arrived since the start. */
	readonly senders: () => ReadonlySet<string>;
	readonly log: Logger;
}

/** What a device proves with that it is itself, and where it was registered from. */
export type DeviceLogin = Pick<DeviceRecord, "secretHash" | "token" | "origin">;

const UPLINKS = "+/ctrl/i";

/** Told of every change of a device that speaks MQTT. */
export type AnnouncementListener = (type: Announcement, device: DeviceRecord) => void;

/** The registry of device applications, their presence and their control channels (`csm.md §2`, `§3`). */
export class Devices {
	readonly #options: DevicesOptions;
	readonly #store: Store;
	readonly #broker: Broker;
	readonly #signals: Signals;
	readonly #log: Logger;
	readonly #devices = new Map<string, Device>();
	readonly #names = new NamePool();
	readonly #pages = new PageDevices();
	readonly #queue = new KeyedQueue();
	readonly #listeners: AnnouncementListener[] = [];
	readonly #expiry: Expiry;
	readonly #attendance: Attendance;
	#registrations = 0;

	constructor(options: DevicesOptions, { store, broker, signals, senders, log }: DevicesDeps) {
		this.#options = options;
		this.#store = store;
		this.#broker = broker;
		this.#signals = signals;
		this.#log = log;
		this.#expiry = new Expiry({
			expirationSeconds: options.expirationSeconds,
			onExpired: (id) => void this.#expire(id),
			isOnline: (id) => this.#devices.get(id)?.presence === "online",
			save: (changes) => this.#savePresence(changes),
		});
		this.#attendance = new Attendance(options, {
			broker,
			devices: this.#devices,
			happened: (device, event) => this.#happened(device, event),
			confirmed: (device) => this.#confirmed(device),
			senders,
			log,
		});
	}

	/** Brings stored devices back and listens to their uplinks. */
	async start(): Promise<void> {
		const stored = this.#store.devices.all((id, error) =>
			this.#log.error("stored device left out", { da_id: id, reason: messageOf(error) }),
		);
		for (const record of stored) {
			this.#names.claim(record.name);
			this.#devices.set(record.id, newDevice(record, "offline"));
			this.#signals.registered(record.id);
			if (record.origin !== null) this.#pages.add(record.id);
			this.#expiry.restore(record.id, record);
		}
		this.#attendance.start();
		for (const { record, presence } of this.#devices.values()) {
			if (presence === "online") this.#signals.restored(record.id);
		}
		await this.#broker.subscribe(UPLINKS, (message) => this.#onUplink(message));
		this.#expiry.start();
	}

	/** From now on nobody comes or goes: the broker is about to close all connections. */
	finish(): void {
		this.#attendance.freeze();
	}

	async stop(): Promise<void> {
		this.#attendance.freeze();
		await this.#broker.unsubscribe(UPLINKS);
		await this.#queue.idle();
		this.#signals.stop();
		await this.#expiry.stop();
	}

	/** Registrations and re-registrations since the start. */
	get registrations(): number {
		return this.#registrations;
	}

	/** All registered devices with their presence, in order of registration. */
	list(): { record: DeviceRecord; presence: PresenceState }[] {
		return [...this.#devices.values()].map(({ record, presence }) => ({ record, presence }));
	}

	/** Hears announcements from now on (`csm.md §7`). */
	onAnnouncement(listener: AnnouncementListener): void {
		this.#listeners.push(listener);
	}

	/** @param id UUID in lowercase. */
	get(id: string): DeviceRecord | undefined {
		return this.#devices.get(id)?.record;
	}

	/**
	 * Registers a device or replaces its registration (`csm.md §2.2`); durable when it resolves.
	 * @param loginOf Gives the device's login; what it throws refuses the registration.
	 * @throws InputError when there is no room for another device.
	 */
	register(
		id: string,
		registration: Registration,
		loginOf: (known: DeviceRecord | undefined) => DeviceLogin,
	): Promise<DeviceRecord> {
		return this.#queue.run(id, async () => {
			const login = loginOf(this.#devices.get(id)?.record);
			try {
				if (login.origin !== null) await this.#makeRoomForPage(id);
				return await this.#put(id, registration, login);
			} finally {
				if ((this.#devices.get(id)?.record.origin ?? null) === null) this.#pages.remove(id);
			}
		});
	}

	async #put(id: string, registration: Registration, login: DeviceLogin): Promise<DeviceRecord> {
		const known = this.#devices.get(id);
		if (known === undefined && this.#devices.size >= this.#options.maxDevices) {
			throw new InputError(`too many devices: ${this.#options.maxDevices} are registered already`);
		}
		const record: DeviceRecord = {
			id,
			rev: crypto.randomUUID(),
			name: this.#claimName(registration, known?.record),
			acceptProtos: registration.acceptProtos,
			idfList: registration.idfList,
			odfList: registration.odfList,
			profile: registration.profile,
			registerTime: known?.record.registerTime ?? Date.now() / 1000,
			awaySeconds: 0,
			isOnline: false,
			...login,
		};
		await this.#save(record, known?.record);
		const device = known ?? newDevice(record, "nothing");
		device.record = record;
		this.#devices.set(id, device);
		this.#registrations += 1;
		this.#attendance.forget(device);
		this.#expiry.registered(id);
		this.#happened(device, "registered");
		this.#broker.dropOutdated(id);
		return record;
	}

	/**
	 * Changes parts of a registration and keeps its rev (`csm.md §2.5`).
	 * @returns undefined for an unknown device.
	 */
	change(id: string, changes: Partial<Registration>): Promise<DeviceRecord | undefined> {
		return this.#queue.run(id, async () => {
			const device = this.#devices.get(id);
			if (device === undefined) return undefined;
			const name = changes.name ?? device.record.name;
			const presence = this.#expiry.presenceOf(id);
			const record: DeviceRecord = { ...device.record, ...changes, ...presence, name };
			this.#names.claim(name);
			await this.#save(record, device.record);
			device.record = record;
			return record;
		});
	}

	/**
	 * Deregisters a device (`csm.md §2.4`).
	 * @param rev Token of the current registration.
	 */
	deregister(id: string, rev: unknown): Promise<"done" | "unknown" | "stale"> {
		return this.#queue.run(id, async () => {
			const device = this.#devices.get(id);
			if (device === undefined) return "unknown";
			if (device.record.rev !== rev) return "stale";
			await this.#remove(device);
			return "done";
		});
	}

	async #remove(device: Device): Promise<void> {
		const { id, name } = device.record;
		await this.#store.write((store) => store.devices.remove(id));
		this.#names.release(name);
		this.#devices.delete(id);
		this.#attendance.forget(device);
		this.#pages.remove(id);
		this.#happened(device, "deregistered");
		this.#broker.dropOutdated(id);
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
			this.#log.info("device of a page deregistered for another one", { da_id: evicted });
			await this.#remove(device);
		});
	}

	#claimName({ name, profile }: Registration, known: DeviceRecord | undefined): string {
		const kept = name ?? known?.name;
		if (kept === undefined) return this.#names.generate(pythonText(profile.model));
		this.#names.claim(kept);
		return kept;
	}

	/** Stores a record whose name is claimed; the loser of old and new name is released. */
	async #save(record: DeviceRecord, former: DeviceRecord | undefined): Promise<void> {
		try {
			await this.#store.write((store) => store.devices.put(record));
		} catch (error) {
			this.#names.release(record.name);
			throw error;
		}
		if (former !== undefined) this.#names.release(former.name);
	}

	#onUplink({ topic, payload, connection }: BrokerMessage): void {
		const id = topic.slice(0, -"/ctrl/i".length).toLowerCase();
		const device = this.#devices.get(id);
		const message = readUplink(payload);
		if (message === undefined || device === undefined) {
			this.#log.debug("uplink message ignored", { topic });
			return;
		}
		if (message.kind === "answer") {
			this.#attendance.heard(device);
			this.#log.debug("signal answered", { da_id: id, answer: message.body });
			this.#signals.answered(id, message.msgId);
			return;
		}
		if (message.rev !== device.record.rev) {
			this.#log.info("presence of another rev ignored", { da_id: id, state: message.state });
			return;
		}
		this.#attendance.reported(device, message.state, connection);
	}

	/** It counted as online because it did before, and now a connection stands behind it. */
	#confirmed(device: Device): void {
		device.doubted = false;
		this.#expiry.back(device.record.id);
	}

	#happened(device: Device, event: PresenceEvent): void {
		const { id, name } = device.record;
		if (device.doubted && event === "online") this.#confirmed(device);
		device.doubted = false;
		const effects = nextPresence(device.presence, event);
		device.presence = effects.state;
		if (effects.timer === "start") this.#expiry.away(id);
		if (event === "offline") this.#pages.wentAway(id);
		if (effects.timer === "cancel") this.#expiry.back(id);
		if (event === "registered") this.#signals.registered(id);
		if (event === "deregistered") {
			this.#signals.deregistered(id);
			this.#expiry.forget(id);
		}
		if (event === "offline") this.#signals.offline(id);
		if (effects.connect) this.#signals.online(id);
		if (effects.announce !== null && speaksMqtt(device.record.acceptProtos)) {
			this.#log.info(`device ${effects.announce}`, { da_id: id, device_name: name });
			for (const listener of this.#listeners) listener(effects.announce, device.record);
		}
	}

	async #expire(id: string): Promise<void> {
		try {
			await this.#queue.run(id, async () => {
				const device = this.#devices.get(id);
				if (device === undefined) return;
				// It counts as online since the restart, but nothing was heard of it.
				if (device.doubted) this.#happened(device, "offline");
				if (device.presence !== "offline") return;
				this.#log.info("device expired", { da_id: id, device_name: device.record.name });
				await this.#remove(device);
			});
		} catch (error) {
			this.#log.error("cannot deregister an expired device", {
				da_id: id,
				reason: messageOf(error),
			});
		}
	}

	async #savePresence(changes: ReadonlyMap<string, StoredPresence>): Promise<boolean> {
		try {
			await this.#store.write(({ devices }) => {
				for (const [id, presence] of changes) devices.setPresence(id, presence);
			});
			return true;
		} catch (error) {
			this.#log.error("cannot store how long devices are away", { reason: messageOf(error) });
			return false;
		}
	}
}

function newDevice(record: DeviceRecord, presence: PresenceState): Device {
	return { record, presence, doubted: false, restored: false };
}
