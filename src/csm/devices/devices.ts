import type { Broker, BrokerMessage } from "../../broker/broker.ts";
import { InputError, messageOf } from "../../errors.ts";
import type { Logger } from "../../log.ts";
import type { DeviceRecord, Store } from "../../store/store.ts";
import { KeyedQueue } from "../keyed-queue.ts";
import { pythonText } from "../python-text.ts";
import { Expiry, now } from "./expiry.ts";
import { NamePool } from "./name-pool.ts";
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

export interface DevicesOptions {
	/** A device not online for so long is deregistered (`csm.md §2.6`). */
	expirationSeconds: number;
	/** Devices that may be registered at a time. */
	maxDevices: number;
	/** Time devices get to say they are online after an outage of the broker. */
	confirmSeconds: number;
}

export interface DevicesDeps {
	readonly store: Store;
	readonly broker: Broker;
	readonly signals: Signals;
	readonly log: Logger;
}

/** What a device proves with that it is itself. */
export type DeviceLogin = Pick<DeviceRecord, "secretHash" | "token">;

interface Device {
	record: DeviceRecord;
	presence: PresenceState;
	/** Online before an outage of the broker, and not confirmed since. */
	doubted: boolean;
}

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
	readonly #queue = new KeyedQueue();
	readonly #listeners: AnnouncementListener[] = [];
	readonly #expiry: Expiry;
	#doubtTimer: Timer | undefined;
	#registrations = 0;

	constructor(options: DevicesOptions, { store, broker, signals, log }: DevicesDeps) {
		this.#options = options;
		this.#store = store;
		this.#broker = broker;
		this.#signals = signals;
		this.#log = log;
		this.#expiry = new Expiry({
			expirationSeconds: options.expirationSeconds,
			onExpired: (id) => void this.#expire(id),
			save: (absences) => this.#saveAbsences(absences),
		});
	}

	/** Brings stored devices back, all offline, and listens to their uplinks. */
	async start(): Promise<void> {
		const stored = this.#store.devices.all((id, error) =>
			this.#log.error("stored device left out", { da_id: id, reason: messageOf(error) }),
		);
		for (const record of stored) {
			this.#names.claim(record.name);
			this.#devices.set(record.id, { record, presence: "offline", doubted: false });
			this.#signals.registered(record.id);
			this.#expiry.restore(record.id, record.offlineSince);
		}
		await this.#broker.subscribe(UPLINKS, (message) => this.#onUplink(message));
		this.#broker.onReconnect(() => this.#doubtPresence());
		this.#expiry.start();
	}

	async stop(): Promise<void> {
		clearTimeout(this.#doubtTimer);
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
			const known = this.#devices.get(id);
			if (known === undefined && this.#devices.size >= this.#options.maxDevices) {
				throw new InputError(
					`too many devices: ${this.#options.maxDevices} are registered already`,
				);
			}
			const at = now();
			const record: DeviceRecord = {
				id,
				rev: crypto.randomUUID(),
				name: this.#claimName(registration, known?.record),
				acceptProtos: registration.acceptProtos,
				idfList: registration.idfList,
				odfList: registration.odfList,
				profile: registration.profile,
				registerTime: known?.record.registerTime ?? at,
				offlineSince: at,
				...loginOf(known?.record),
			};
			await this.#save(record, known?.record);
			const device: Device = known ?? { record, presence: "nothing", doubted: false };
			device.record = record;
			this.#devices.set(id, device);
			this.#registrations += 1;
			this.#expiry.registered(id, at);
			this.#happened(device, "registered");
			this.#broker.dropOutdated(id);
			return record;
		});
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
			const offlineSince = this.#expiry.since(id);
			const record: DeviceRecord = { ...device.record, ...changes, name, offlineSince };
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
		this.#happened(device, "deregistered");
		this.#broker.dropOutdated(id);
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

	#onUplink({ topic, payload }: BrokerMessage): void {
		const id = topic.slice(0, -"/ctrl/i".length).toLowerCase();
		const device = this.#devices.get(id);
		const message = readUplink(payload);
		if (message === undefined || device === undefined) {
			this.#log.debug("uplink message ignored", { topic });
			return;
		}
		if (message.kind === "answer") {
			this.#log.debug("signal answered", { da_id: id, answer: message.body });
			this.#signals.answered(id, message.msgId);
			return;
		}
		if (message.rev !== device.record.rev) {
			this.#log.info("presence of another rev ignored", { da_id: id, state: message.state });
			return;
		}
		this.#happened(device, message.state);
	}

	/**
	 * The wills of devices that went away during an outage of the broker may be lost with it: who was
	 * online and does not say so again, by its retained message or a new one, is offline.
	 */
	#doubtPresence(): void {
		for (const device of this.#devices.values()) device.doubted = device.presence === "online";
		clearTimeout(this.#doubtTimer);
		this.#doubtTimer = setTimeout(() => {
			for (const device of this.#devices.values()) {
				if (device.doubted) this.#happened(device, "offline");
			}
		}, this.#options.confirmSeconds * 1000);
	}

	#happened(device: Device, event: PresenceEvent): void {
		const { id, name } = device.record;
		device.doubted = false;
		const effects = nextPresence(device.presence, event);
		device.presence = effects.state;
		if (effects.timer === "start") this.#expiry.away(id);
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
				if (device?.presence !== "offline") return;
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

	async #saveAbsences(absences: ReadonlyMap<string, number | null>): Promise<void> {
		try {
			await this.#store.write(({ devices }) => {
				for (const [id, since] of absences) devices.setOfflineSince(id, since);
			});
		} catch (error) {
			this.#log.error("cannot store since when devices are away", { reason: messageOf(error) });
		}
	}
}
