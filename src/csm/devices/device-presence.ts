import { deviceOfUplink, isReachable, uplinkOf } from "../../contract/mod.ts";
import { type Clock, ElsewhereError, type Logger, messageOf } from "../../kit/mod.ts";
import type {
	BrokerMessage,
	Connection,
	ConnectionSource,
	MqttPort,
	Unsubscribe,
} from "../../mqtt/mod.ts";
import type { CsmStore } from "../store/csm-store.ts";
import type { DeviceRecord } from "../store/devices.ts";
import { Attendance, type AttendanceOptions, type Device } from "./attendance.ts";
import { Expiry, type StoredPresence } from "./expiry.ts";
import { type Announcement, nextPresence, type PresenceEvent } from "./presence.ts";
import { PresenceSaver } from "./presence-saver.ts";
import type { Signals } from "./signals.ts";
import { readUplink } from "./uplink.ts";

export interface DevicePresenceOptions extends AttendanceOptions {
	/** A device not online for so long is deregistered (`csm.md §2.6`). */
	expirationSeconds: number;
	/** Which devices are online is stored so much later than it changed. */
	saveSeconds: number;
}

export interface DevicePresenceDeps {
	readonly store: CsmStore;
	readonly broker: MqttPort & ConnectionSource;
	readonly signals: Signals;
	readonly devices: ReadonlyMap<string, Device>;
	/** How many messages of data have arrived over links there are now, of devices that sent any. */
	readonly senders: () => ReadonlyMap<string, number>;
	/** Deregisters a device that was away for too long. */
	readonly onExpired: (id: string) => Promise<void>;
	/** A device is offline, whether it was before or not. */
	readonly onOffline: (id: string) => void;
	/** Monotonic. */
	readonly clock: Clock;
	readonly log: Logger;
}

/** Why a device was deregistered, unless that was asked for (`csm.md §2.4`, `§2.6`). */
export type DeregisterReason = "expired";

/** Told of every change of a device that can be reached. */
export type AnnouncementListener = (
	type: Announcement,
	device: DeviceRecord,
	reason?: DeregisterReason,
) => void;

/** Hears what devices say on their uplinks and carries out what follows for their presence (`csm.md §3.1`). */
export class DevicePresence {
	readonly #deps: DevicePresenceDeps;
	readonly #listeners: AnnouncementListener[] = [];
	readonly #expiry: Expiry;
	readonly #attendance: Attendance;
	#unsubscribe: Unsubscribe | undefined;

	constructor(options: DevicePresenceOptions, deps: DevicePresenceDeps) {
		this.#deps = deps;
		const { devices, broker, senders, clock, log } = deps;
		const saver = new PresenceSaver(deps);
		this.#expiry = new Expiry({
			expirationSeconds: options.expirationSeconds,
			saveSeconds: options.saveSeconds,
			onExpired: (id) => void this.#expired(id),
			isOnline: (id) => devices.get(id)?.presence === "online",
			save: (changes) => saver.save(changes),
			clock,
		});
		this.#attendance = new Attendance(options, {
			broker,
			devices,
			happened: (device, event) => this.happened(device, event),
			confirmed: (device) => this.#confirmed(device),
			senders,
			clock,
			log,
		});
	}

	/** Takes the stored devices over and listens to all uplinks. */
	async start(): Promise<void> {
		const { devices, signals, broker } = this.#deps;
		this.#restore(devices.values());
		this.#attendance.start();
		for (const { record, presence } of devices.values()) {
			if (presence === "online") signals.restored(record.id);
		}
		this.#unsubscribe = await broker.subscribe(uplinkOf("+"), (message) => {
			this.#onUplink(message);
			const { topic, done } = message;
			// Of a node of a cluster: if it dies before that, the next one gets it.
			if (done !== undefined) this.#expiry.whenStored(deviceOfUplink(topic), done);
		});
		this.#expiry.start();
	}

	/** Takes devices over from another node of the cluster, as they were there. */
	adopt(devices: readonly Device[]): void {
		this.#restore(devices);
		for (const { record, presence } of devices) {
			if (presence !== "online") continue;
			this.#expiry.back(record.id);
			this.#deps.signals.restored(record.id);
		}
	}

	/** Forgets devices that are left to another node of the cluster; unless they are lost, what is not stored yet is. */
	async drop(devices: readonly Device[], isLost: boolean): Promise<void> {
		const ids = devices.map(({ record }) => record.id);
		for (const device of devices) this.#attendance.forget(device);
		await this.#expiry.leave(ids, isLost);
	}

	#restore(devices: Iterable<Device>): void {
		for (const { record } of devices) {
			this.#deps.signals.registered(record.id);
			this.#expiry.restore(record.id, record);
		}
	}

	/** From now on no device comes or goes: the broker is about to close all connections. */
	freeze(): void {
		this.#attendance.freeze();
	}

	/** Hears nothing more. */
	async close(): Promise<void> {
		this.freeze();
		await this.#unsubscribe?.();
	}

	/** Ends all timers and stores what is not stored yet. */
	async stop(): Promise<void> {
		this.#deps.signals.stop();
		await this.#expiry.stop();
	}

	/** Hears announcements from now on (`csm.md §7`). */
	onAnnouncement(listener: AnnouncementListener): void {
		this.#listeners.push(listener);
	}

	/** What to store with a changed registration. */
	stored(id: string): StoredPresence {
		return this.#expiry.presenceOf(id);
	}

	/** A registration was stored: its device is away until it says otherwise. */
	registered(device: Device): void {
		this.#attendance.forget(device);
		this.#expiry.registered(device.record.id);
		this.happened(device, "registered");
	}

	/** The server itself says how a device is that does not say so over MQTT. */
	reported(device: Device, state: "online" | "offline"): void {
		this.#attendance.reported(device, state, null);
	}

	/** @param reason Undefined: it was asked for. */
	deregistered(device: Device, reason?: DeregisterReason): void {
		this.#attendance.forget(device);
		this.happened(device, "deregistered", reason);
	}

	/** A device shows itself by other ways than its uplink, over something that ends as a connection does. */
	shown(device: Device, connection: Connection): void {
		this.#attendance.reported(device, "online", connection);
	}

	/** That is over. */
	ended(connection: Connection): void {
		this.#attendance.ended(connection);
	}

	/** Carries out what follows from an event. */
	happened(device: Device, event: PresenceEvent, reason?: DeregisterReason): void {
		const { signals, log, onOffline } = this.#deps;
		const { id, name } = device.record;
		if (device.doubted && event === "online") this.#confirmed(device);
		device.doubted = false;
		const effects = nextPresence(device.presence, event);
		device.presence = effects.state;
		if (effects.timer === "start") this.#expiry.away(id);
		if (effects.timer === "cancel") this.#expiry.back(id);
		if (event === "registered") signals.registered(id);
		if (event === "deregistered") {
			signals.deregistered(id);
			this.#expiry.forget(id);
		}
		if (event === "offline") {
			signals.offline(id);
			onOffline(id);
		}
		if (effects.connect) signals.online(id);
		if (effects.announce !== null && isReachable(device.record.acceptProtos)) {
			log.info(`device ${effects.announce}`, { da_id: id, device_name: name });
			for (const listener of this.#listeners) {
				listener(effects.announce, device.record, reason);
			}
		}
	}

	async #expired(id: string): Promise<void> {
		try {
			await this.#deps.onExpired(id);
		} catch (error) {
			// The node that has it by now counts as well.
			if (error instanceof ElsewhereError) return;
			const fields = { da_id: id, reason: messageOf(error) };
			this.#deps.log.error("cannot deregister an expired device", fields);
			this.#expiry.again(id);
		}
	}

	#onUplink({ topic, payload, connection, handed }: BrokerMessage): void {
		const { devices, signals, log } = this.#deps;
		const id = deviceOfUplink(topic);
		const device = devices.get(id);
		const message = readUplink(payload);
		if (message === undefined || device === undefined) {
			log.debug("uplink message ignored", { topic });
			return;
		}
		// What is retained was heard before, or missed while no node of a cluster listened: then it says something new.
		const isKnown = message.kind === "answer" || message.state === device.presence;
		if (handed?.isStored === true && isKnown) return;
		if (message.kind === "answer") {
			this.#attendance.heard(device, connection);
			log.debug("signal answered", { da_id: id, answer: message.body });
			signals.answered(id, message.msgId);
			return;
		}
		if (message.rev !== device.record.rev) {
			log.info("presence of another rev ignored", { da_id: id, state: message.state });
			return;
		}
		this.#attendance.reported(device, message.state, connection);
	}

	/** It counted as online because it did before, and now a connection stands behind it. */
	#confirmed(device: Device): void {
		device.doubted = false;
		this.#expiry.back(device.record.id);
	}
}
