import type { Cancel, Clock } from "../../kit/mod.ts";
import type { Connection } from "../../mqtt/mod.ts";

/** What the registry of devices is told; `Devices` fulfils it. */
export interface PresencePort {
	isSurelyOnline(id: string): boolean;
	shown(id: string, connection: Connection): void;
	ended(connection: Connection): void;
}

/** Stands for a broker's connection, for as long as a device shows itself over HTTP. */
class Visit implements Connection {
	readonly openedAt = performance.now();
	isOpen = true;
}

/** Time a device is online after it last sent or asked for something. */
const QUIET_MS = 30_000;

/** Tells from its requests whether a device is there: while it listens, and for a while after anything else. */
export class HttpPresence {
	readonly #id: string;
	readonly #port: PresencePort;
	readonly #clock: Clock;
	#visit: Visit | undefined;
	#streams = 0;
	/** Monotonic; when it was last seen besides its streams. */
	#seenAt = Number.NEGATIVE_INFINITY;
	#cancel: Cancel | undefined;

	constructor(id: string, port: PresencePort, clock: Clock) {
		this.#id = id;
		this.#port = port;
		this.#clock = clock;
	}

	/** It sent something, or asked. */
	seen(): void {
		this.#seenAt = this.#clock.now();
		this.#there();
		this.#cancel ??= this.#clock.after(QUIET_MS, () => this.#look());
	}

	/** It listens, and goes on doing so. */
	streamOpened(): void {
		this.#streams += 1;
		this.#there();
	}

	/** A stream still goes on: what had put the device in doubt is put right. */
	streamGoesOn(): void {
		if (this.#streams > 0) this.#there();
	}

	streamClosed(): void {
		this.#streams -= 1;
		if (this.#cancel === undefined && this.#streams === 0) this.#gone();
	}

	/** Its registration ended, or the server stops: nothing is told any more of what was before. */
	forget(): void {
		this.#cancel?.();
		this.#cancel = undefined;
		this.#seenAt = Number.NEGATIVE_INFINITY;
		if (this.#visit !== undefined) this.#visit.isOpen = false;
		this.#visit = undefined;
	}

	/** A timer for each request would cost more than the request. */
	#look(): void {
		this.#cancel = undefined;
		const leftMs = this.#seenAt + QUIET_MS - this.#clock.now();
		if (leftMs > 0) this.#cancel = this.#clock.after(leftMs, () => this.#look());
		else if (this.#streams === 0) this.#gone();
	}

	#there(): void {
		const isNew = this.#visit === undefined;
		this.#visit ??= new Visit();
		if (isNew || !this.#port.isSurelyOnline(this.#id)) this.#port.shown(this.#id, this.#visit);
	}

	#gone(): void {
		const visit = this.#visit;
		if (visit === undefined) return;
		this.#visit = undefined;
		visit.isOpen = false;
		this.#port.ended(visit);
	}
}
