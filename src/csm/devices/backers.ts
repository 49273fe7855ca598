import type { Connection } from "../../mqtt/mod.ts";

/** What a connection does for a device: it logged in as it, hears its `ctrl/o`, or said something for it. */
export type Backing = "login" | "listens" | "speaks";

/** Which connections stand behind which device that counts as online only because it did before a restart. */
export class Backers {
	readonly #byDevice = new Map<string, Map<Connection, Set<Backing>>>();
	readonly #byConnection = new Map<Connection, Set<string>>();

	/** A connection stands behind a device. @returns false when it is over already. */
	add(id: string, connection: Connection, backing: Backing): boolean {
		// It may be over before its message is worked on; its end has been told then.
		if (!connection.isOpen) return false;
		const backers = this.#byDevice.get(id) ?? new Map<Connection, Set<Backing>>();
		this.#byDevice.set(id, backers);
		backers.set(connection, (backers.get(connection) ?? new Set()).add(backing));
		const devices = this.#byConnection.get(connection) ?? new Set<string>();
		this.#byConnection.set(connection, devices.add(id));
		return true;
	}

	/** A connection listens no longer. @returns whether nothing stands behind the device now. */
	silent(id: string, connection: Connection): boolean {
		const backings = this.#byDevice.get(id)?.get(connection);
		if (!backings?.delete("listens")) return false;
		if (backings.size === 0) this.#remove(id, connection);
		return !this.#byDevice.has(id);
	}

	/**
	 * A connection is gone.
	 * @returns the devices nothing stands behind now. One for which a client spoke that then said goodbye is not
	 * among them: its word holds, as an `online` said that way does.
	 */
	closed(connection: Connection, isProper: boolean): string[] {
		const alone: string[] = [];
		for (const id of [...(this.#byConnection.get(connection) ?? [])]) {
			const spoke = this.#byDevice.get(id)?.get(connection)?.has("speaks") === true;
			if (isProper && spoke) continue;
			this.#remove(id, connection);
			if (!this.#byDevice.has(id)) alone.push(id);
		}
		this.#byConnection.delete(connection);
		return alone;
	}

	/** The device is not online for that reason any more. */
	forget(id: string): void {
		for (const connection of [...(this.#byDevice.get(id)?.keys() ?? [])]) {
			this.#remove(id, connection);
		}
	}

	#remove(id: string, connection: Connection): void {
		const backers = this.#byDevice.get(id);
		if (backers?.delete(connection) && backers.size === 0) this.#byDevice.delete(id);
		const devices = this.#byConnection.get(connection);
		if (devices?.delete(id) && devices.size === 0) this.#byConnection.delete(connection);
	}
}
