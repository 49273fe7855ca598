import type { Cancel, Clock } from "../kit/mod.ts";

const SECONDS = 10;

interface Sample {
	/** Of a monotonic clock, milliseconds. */
	readonly at: number;
	readonly counts: readonly [number, number];
}

/** How fast two counters have grown over the last {@link SECONDS} seconds. */
export class Rates {
	readonly #read: () => readonly [number, number];
	readonly #clock: Clock;
	readonly #samples: Sample[] = [];
	#cancel: Cancel | undefined;

	/** @param read The counters, which only grow. */
	constructor(read: () => readonly [number, number], clock: Clock) {
		this.#read = read;
		this.#clock = clock;
	}

	start(): void {
		this.#samples.push({ at: this.#clock.now(), counts: this.#read() });
		if (this.#samples.length > SECONDS) this.#samples.shift();
		this.#cancel = this.#clock.after(1000, () => this.start());
	}

	stop(): void {
		this.#cancel?.();
	}

	/** Per second, one decimal. */
	get perSecond(): readonly [number, number] {
		const oldest = this.#samples[0];
		const seconds = (this.#clock.now() - (oldest?.at ?? 0)) / 1000;
		if (oldest === undefined || seconds <= 0) return [0, 0];
		const [first, second] = this.#read();
		const rate = (grown: number) => Math.round((grown / seconds) * 10) / 10;
		return [rate(first - oldest.counts[0]), rate(second - oldest.counts[1])];
	}
}
