/** So often silent connections are looked for. */
const LOOK_EVERY_MS = 30_000;
/** After this silence a client is asked with a ping, and after the other it is gone. */
export const ASK_AFTER_MS = 60_000;
export const GONE_AFTER_MS = 120_000;

/** A WebSocket as it is watched. */
export interface Watched {
	/** When the client was heard last, monotonic milliseconds. */
	readonly heardAt: number;
	/** Asks whether the client is there. */
	ping(): void;
	readonly stream: { destroy(error: Error): unknown } | undefined;
}

/** Finds WebSockets whose client is gone without a goodbye; it runs while there are any. */
export class WsSilence {
	readonly #now: () => number;
	readonly #watched = new Set<Watched>();
	#timer: Timer | undefined;

	/** @param now Monotonic, milliseconds. */
	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
	}

	watch(session: Watched): void {
		this.#watched.add(session);
		this.#timer ??= setInterval(() => this.look(), LOOK_EVERY_MS);
		this.#timer.unref();
	}

	forget(session: Watched): void {
		this.#watched.delete(session);
		if (this.#watched.size > 0) return;
		clearInterval(this.#timer);
		this.#timer = undefined;
	}

	/** Asks those that are silent, and drops those that do not answer. */
	look(): void {
		const now = this.#now();
		for (const session of [...this.#watched]) {
			const silence = now - session.heardAt;
			if (silence > GONE_AFTER_MS) session.stream?.destroy(new Error("it does not answer pings"));
			else if (silence > ASK_AFTER_MS) session.ping();
		}
	}
}
