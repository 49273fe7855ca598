import type { Connection } from "../../mqtt/mod.ts";

/** Connections remembered for a device; more than one is a reconnect that overlaps. */
const MAX_PER_DEVICE = 8;

/**
 * Which connections speak for which device: those that published its current rev's `online` and are still
 * there. What they say later decides (`csm.md §3.1`).
 */
export class Speakers {
	readonly #now: () => number;
	/** Device → connection → when it said `online` last; in that order. */
	readonly #byDevice = new Map<string, Map<Connection, number>>();
	readonly #byConnection = new Map<Connection, Set<string>>();

	/** @param now Monotonic milliseconds, as {@link Connection.openedAt} is. */
	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
	}

	/** A connection said that the device is online. */
	said(id: string, connection: Connection): void {
		// It may be over before its message is worked on; its end has been told then.
		if (!connection.isOpen) return;
		this.#forget(id, connection);
		const speakers = this.#byDevice.get(id) ?? new Map<Connection, number>();
		this.#byDevice.set(id, speakers.set(connection, this.#now()));
		const devices = this.#byConnection.get(connection) ?? new Set<string>();
		this.#byConnection.set(connection, devices.add(id));
		const [oldest] = speakers.keys();
		if (speakers.size > MAX_PER_DEVICE && oldest !== undefined) this.#forget(id, oldest);
	}

	/**
	 * Whether a newer connection contradicts that a device is offline.
	 * @param connection Where that was said, or which one ended; null: unknown.
	 */
	contradict(id: string, connection: Connection | null): boolean {
		const speakers = this.#byDevice.get(id);
		if (speakers === undefined || connection === null) return false;
		// A will was made when its connection was; a connection that is open says what is true now.
		const own = speakers.get(connection) ?? (connection.isOpen ? this.#now() : connection.openedAt);
		return [...speakers].some(([other, saidAt]) => other !== connection && saidAt > own);
	}

	/** A connection is gone. @returns the devices that went with it: no newer one speaks for them. */
	closed(connection: Connection): string[] {
		const devices = [...(this.#byConnection.get(connection) ?? [])];
		const gone = devices.filter((id) => !this.contradict(id, connection));
		for (const id of devices) this.#forget(id, connection);
		return gone;
	}

	/** A connection said that the device is offline. */
	silenced(id: string, connection: Connection): void {
		this.#forget(id, connection);
	}

	/** A registration began or ended: what was said before does not count any more. */
	forget(id: string): void {
		for (const connection of [...(this.#byDevice.get(id)?.keys() ?? [])]) {
			this.#forget(id, connection);
		}
	}

	#forget(id: string, connection: Connection): void {
		const speakers = this.#byDevice.get(id);
		if (speakers?.delete(connection) && speakers.size === 0) this.#byDevice.delete(id);
		const devices = this.#byConnection.get(connection);
		if (devices?.delete(id) && devices.size === 0) this.#byConnection.delete(connection);
	}
}
