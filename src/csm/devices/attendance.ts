import { deviceOfDownlink } from "../../contract/mod.ts";
import type { Cancel, Clock, Logger } from "../../kit/mod.ts";
import type { Connection, ConnectionSource, MqttPort } from "../../mqtt/mod.ts";
import type { DeviceRecord } from "../store/devices.ts";
import { Backers, type Backing } from "./backers.ts";
import { OutageDoubt, type OutageDoubtOptions } from "./outage-doubt.ts";
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
	/** Messages of data since the start that came over links which are gone. */
	sentOverGone: number;
}

export function newDevice(record: DeviceRecord, presence: PresenceState): Device {
	return { record, presence, doubted: false, restored: false, sentOverGone: 0 };
}

export interface AttendanceOptions extends OutageDoubtOptions {
	/** How long a device that was online before a restart counts as online with no connection behind it. */
	restoredSeconds: number;
}

export interface AttendanceDeps {
	readonly broker: ConnectionSource & Pick<MqttPort, "onReconnect">;
	readonly devices: ReadonlyMap<string, Device>;
	/** Carries out what follows from a presence event. */
	readonly happened: (device: Device, event: PresenceEvent) => void;
	/** A connection stands behind a device that counted as online only because it did before. */
	readonly confirmed: (device: Device) => void;
	/** How many messages of data have arrived over links there are now, of devices that sent any. */
	readonly senders: () => ReadonlyMap<string, number>;
	readonly clock: Clock;
	readonly log: Logger;
}

/**
 * Decides which reports of devices' presence to believe (`csm.md §3.1`). With the built-in broker the
 * connections themselves are evidence; another program's are not to be seen, and messages decide alone.
 */
export class Attendance {
	readonly #options: AttendanceOptions;
	readonly #deps: AttendanceDeps;
	readonly #speakers = new Speakers();
	readonly #backers = new Backers();
	/** Of devices that lost what stood behind them later than that. */
	readonly #lateDoubts = new Map<string, Cancel>();
	#seesConnections = false;
	readonly #outage: OutageDoubt;
	/** While it runs, all devices in doubt after a restart have until its end. */
	#cancelDoubt: Cancel | undefined;
	#frozen = false;

	constructor(options: AttendanceOptions, deps: AttendanceDeps) {
		this.#options = options;
		this.#deps = deps;
		const { broker, devices, clock } = deps;
		this.#outage = new OutageDoubt(options, {
			...{ broker, clock },
			ended: (wasThere) => {
				for (const device of devices.values()) this.#decide(device, wasThere);
			},
		});
	}

	/** Follows connections. Devices that counted as online before a restart do so again, for a while. */
	start(): void {
		const { broker, devices } = this.#deps;
		this.#seesConnections = broker.followConnections({
			opened: (device, connection) => {
				if (device !== null) this.#standsBehind(device, connection, "login");
			},
			subscribed: (filter, connection) => this.#onSubscribed(filter, connection),
			unsubscribed: (filter, connection) => {
				const id = deviceOfDownlink(filter);
				if (id !== undefined && this.#backers.silent(id, connection)) this.#leftAlone(id);
			},
			closed: (connection, isProper) => this.#onClosed(connection, isProper),
		});
		broker.onReconnect((lostMs) => {
			for (const device of devices.values()) device.doubted = device.presence === "online";
			this.#outage.begin(lostMs);
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

	/** From now on nothing changes: the server stops, and its broker disconnects everyone. */
	freeze(): void {
		this.#frozen = true;
		this.#cancelDoubt?.();
		this.#outage.cancel();
		for (const cancel of this.#lateDoubts.values()) cancel();
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
		this.#nowKnown(device);
		this.#deps.happened(device, state);
	}

	/** A device sent something else on its uplink. */
	heard(device: Device, connection: Connection | null): void {
		if (connection !== null) this.#standsBehind(device.record.id, connection, "speaks");
	}

	/** A connection that is not the broker's is over. */
	ended(connection: Connection): void {
		this.#onClosed(connection, false);
	}

	/** A registration began or ended. */
	forget(device: Device): void {
		this.#nowKnown(device);
		this.#speakers.forget(device.record.id);
	}

	#onSubscribed(filter: string, connection: Connection): void {
		const id = deviceOfDownlink(filter);
		const device = id === undefined ? undefined : this.#deps.devices.get(id);
		if (id === undefined || device?.restored !== true || device.presence !== "online") return;
		if (this.#frozen || !this.#backers.add(id, connection, "listens")) return;
		// It listens, perhaps for the first time since the restart: it gets its topics as after an online.
		this.#deps.happened(device, "online");
	}

	#onClosed(connection: Connection, isProper: boolean): void {
		const gone = this.#speakers.closed(connection);
		for (const id of this.#backers.closed(connection, isProper)) this.#leftAlone(id);
		// A client that says goodbye may have spoken for a device that listens on another connection.
		if (isProper || this.#frozen) return;
		for (const id of gone) {
			const device = this.#deps.devices.get(id);
			if (device?.presence !== "online") continue;
			this.#deps.log.info("connection of a device lost", { da_id: id });
			this.#deps.happened(device, "offline");
		}
	}

	#standsBehind(id: string, connection: Connection, backing: Backing): void {
		const device = this.#deps.devices.get(id);
		if (device?.restored !== true || this.#frozen) return;
		if (!this.#backers.add(id, connection, backing) || !device.doubted) return;
		this.#deps.confirmed(device);
	}

	/** The last connection behind a device ended: it is in doubt again, and gets a while to come back. */
	#leftAlone(id: string): void {
		const device = this.#deps.devices.get(id);
		if (device?.restored !== true || device.presence !== "online" || this.#frozen) return;
		device.doubted = true;
		if (this.#cancelDoubt !== undefined) return;
		this.#lateDoubts.get(id)?.();
		const before = sentBy(device, this.#deps.senders());
		const cancel = this.#deps.clock.after(this.#options.restoredSeconds * 1000, () => {
			this.#lateDoubts.delete(id);
			this.#decide(device, sentBy(device, this.#deps.senders()) > before);
		});
		this.#lateDoubts.set(id, cancel);
	}

	/** What a device was before a restart does not matter any more. */
	#nowKnown(device: Device): void {
		const { id } = device.record;
		device.restored = false;
		this.#backers.forget(id);
		this.#lateDoubts.get(id)?.();
		this.#lateDoubts.delete(id);
	}

	#decide(device: Device, isThere: boolean): void {
		if (!device.doubted || this.#frozen) return;
		if (isThere) this.#deps.confirmed(device);
		else this.#deps.happened(device, "offline");
	}

	/** Some that were online before a restart of the built-in broker do not come back: who is not confirmed is offline. */
	#doubtFor(seconds: number): void {
		this.#cancelDoubt = this.#deps.clock.after(seconds * 1000, () => {
			this.#cancelDoubt = undefined;
			const senders = this.#deps.senders();
			for (const device of this.#deps.devices.values()) {
				this.#decide(device, sentBy(device, senders) > 0);
			}
		});
	}
}

/** Messages of data a device has sent since the start, whatever became of the links they came over. */
function sentBy({ record, sentOverGone }: Device, senders: ReadonlyMap<string, number>): number {
	return sentOverGone + (senders.get(record.id) ?? 0);
}
