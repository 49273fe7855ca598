import { InputError } from "../../kit/mod.ts";

/** Devices of pages of other origins that may be stored at once, while logins are off. */
const MAX_DEVICES = 200;
const MAX_REGISTRATIONS = 60;
const WINDOW_MS = 60_000;

/** Counts the devices that pages of other origins have registered while logins are off: any page may. */
export class PageDevices {
	readonly #now: () => number;
	/** Those away for the longest time come first. */
	readonly #ids = new Set<string>();
	/** When the last registrations were, oldest first. */
	readonly #times: number[] = [];

	/** @param now The time in milliseconds, from a clock that is never set. */
	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
	}

	/** A stored one. */
	add(id: string): void {
		this.#ids.add(id);
	}

	remove(id: string): void {
		this.#ids.delete(id);
	}

	wentAway(id: string): void {
		if (this.#ids.delete(id)) this.#ids.add(id);
	}

	/**
	 * A page registers a device, or registers it again.
	 * @returns the device to deregister for it, if one must be.
	 * @throws InputError when there were too many registrations, or all devices are online.
	 */
	enter(id: string, isOnline: (id: string) => boolean): string | undefined {
		const now = this.#now();
		while (now - (this.#times[0] ?? now) >= WINDOW_MS) this.#times.shift();
		if (this.#times.length >= MAX_REGISTRATIONS) {
			throw new InputError(
				`too many registrations from web pages: at most ${MAX_REGISTRATIONS} a minute while logins are off`,
			);
		}
		const evicted = this.#ids.has(id) ? undefined : this.#evict(isOnline);
		this.#times.push(now);
		this.#ids.delete(id);
		this.#ids.add(id);
		return evicted;
	}

	#evict(isOnline: (id: string) => boolean): string | undefined {
		if (this.#ids.size < MAX_DEVICES) return undefined;
		for (const id of this.#ids) {
			if (isOnline(id)) continue;
			this.#ids.delete(id);
			return id;
		}
		throw new InputError(
			`too many devices of web pages: ${MAX_DEVICES} are online already while logins are off`,
		);
	}
}
