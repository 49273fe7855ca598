import type { Broker, Connection } from "../../broker/broker.ts";
import type { Logger } from "../../log.ts";
import type { DeviceRecord } from "../../store/store.ts";
import type { PresenceEvent, PresenceState } from "./presence.ts";
import { Speakers } from "./speakers.ts";

/** A registered device as the server runs with it. */
export interface Device {
	record: DeviceRecord;
	presence: PresenceState;
	/** Online before an outage of the broker or a restart, and not confirmed since. */
	doubted: boolean;
	/** Online before a restart, and has not said anything of itself since: it may not know its topics. */
	restored: boolean;
}

export function newDevice(record: DeviceRecord, presence: PresenceState): Device {
	return { record, presence, doubted: false, restored: false };
}

export interface AttendanceOptions {
	/** Time devices get to say they are online after an outage of the broker. */
	confirmSeconds: number;
	/** How long a device that was online before a restart counts as online with no connection behind it. */
	restoredSeconds: number;
}

export interface AttendanceDeps {
	readonly broker: Pick<Broker, "followConnections" | "onReconnect">;
	readonly devices: ReadonlyMap<string, Device>;
	/** Carries out what follows from a presence event. */
	readonly happened: (device: Device, event: PresenceEvent) => void;
	/** A connection stands behind a device that counted as online only because it did before. */
	readonly confirmed: (device: Device) => void;
	/** Devices whose data has arrived since the start. */
	readonly senders: () => ReadonlySet<string>;
	readonly log: Logger;
}

const DOWNLINK = "/ctrl/o";

/**
 * Decides which reports of devices' presence to believe (`csm.md §3.1`). With the built-in broker the
 * connections themselves are evidence; another program's are not to be seen, and messages decide alone.
 */
export class Attendance {
	readonly #options: AttendanceOptions;
	readonly #deps: AttendanceDeps;
	readonly #speakers = new Speakers();
	#seesConnections = false;
	#doubtTimer: Timer | undefined;
	#frozen = false;

	constructor(options: AttendanceOptions, deps: AttendanceDeps) {
		this.#options = options;
		this.#deps = deps;
	}

	/** Follows connections. Devices that counted as online before a restart do so again, for a while. */
	start(): void {
		const { broker, devices } = this.#deps;
		this.#seesConnections = broker.followConnections({
			opened: (device) => {
				if (device !== null) this.#standsBehind(device);
			},
			subscribed: (filter) => this.#onSubscribed(filter),
			closed: (connection, isProper) => this.#onClosed(connection, isProper),
		});
		broker.onReconnect(() => {
			for (const device of devices.values()) device.doubted = device.presence === "online";
			this.#doubtFor(this.#options.confirmSeconds);
		});
		if (!this.#seesConnections) return;
		for (const device of devices.values()) {
			if (!device.record.isOnline) continue;
			device.presence = "online";
			device.doubted = true;
			device.restored = true;
		}
		this.#doubtFor(this.#options.restoredSeconds);
	}

	/** From now on nothing changes: the server stops, and its broker throws everyone out. */
	freeze(): void {
		this.#frozen = true;
		clearTimeout(this.#doubtTimer);
	}

	/** A device, or its last will, says how it is, with the current rev. */
	reported(device: Device, state: "online" | "offline", connection: Connection | null): void {
		if (this.#frozen) return;
		const { id } = device.record;
		if (state === "offline" && this.#speakers.contradict(id, connection)) {
			const message = "offline not believed: a newer connection of the device is there";
			// Of wills there is one for each connection.
			this.#deps.log[connection?.isOpen === false ? "info" : "debug"](message, { da_id: id });
			if (connection !== null) this.#speakers.silenced(id, connection);
			return;
		}
		if (connection !== null) {
			if (state === "online") this.#speakers.said(id, connection);
			else this.#speakers.silenced(id, connection);
		}
		device.restored = false;
		this.#deps.happened(device, state);
	}

	/** A device sent something else on its uplink. */
	heard(device: Device): void {
		this.#standsBehind(device.record.id);
	}

	/** A registration began or ended. */
	forget(device: Device): void {
		device.restored = false;
		this.#speakers.forget(device.record.id);
	}

	#onSubscribed(filter: string): void {
		if (!filter.endsWith(DOWNLINK)) return;
		const id = filter.slice(0, -DOWNLINK.length).toLowerCase();
		const device = this.#deps.devices.get(id);
		if (device?.restored !== true || device.presence !== "online" || this.#frozen) return;
		// It listens, perhaps for the first time since the restart: it gets its topics as after an online.
		this.#deps.happened(device, "online");
	}

	#onClosed(connection: Connection, isProper: boolean): void {
		const gone = this.#speakers.closed(connection);
		// A client that says goodbye may have spoken for a device that listens on another connection.
		if (isProper || this.#frozen) return;
		for (const id of gone) {
			const device = this.#deps.devices.get(id);
			if (device?.presence !== "online") continue;
			this.#deps.log.info("connection of a device lost", { da_id: id });
			this.#deps.happened(device, "offline");
		}
	}

	#standsBehind(id: string): void {
		const device = this.#deps.devices.get(id);
		if (device === undefined || !device.doubted || !this.#seesConnections) return;
		this.#deps.confirmed(device);
	}

	/**
	 * The wills of devices that went away during an outage of the broker may be lost with it, and after a restart
	 * of the built-in one some do not come back: a device that was online and is not confirmed by then is
	 * offline.
	 */
	#doubtFor(seconds: number): void {
		clearTimeout(this.#doubtTimer);
		this.#doubtTimer = setTimeout(() => {
			const senders = this.#seesConnections ? this.#deps.senders() : new Set<string>();
			for (const device of this.#deps.devices.values()) {
				if (!device.doubted) continue;
				if (senders.has(device.record.id)) this.#deps.confirmed(device);
				else this.#deps.happened(device, "offline");
			}
		}, seconds * 1000);
	}
}
