const SECONDS = 10;

/** How fast counters have grown over the last {@link SECONDS} seconds. */
export class Rates {
	readonly #read: () => readonly [number, number];
	readonly #samples: { readonly at: number; readonly counts: readonly [number, number] }[] = [];
	#timer: Timer | undefined;

	/** @param read The counters, which only grow. */
	constructor(read: () => readonly [number, number]) {
		this.#read = read;
	}

	start(): void {
		this.#sample();
		this.#timer = setInterval(() => this.#sample(), 1000);
		this.#timer.unref();
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	/** Per second, one decimal. */
	get perSecond(): readonly [number, number] {
		const oldest = this.#samples[0];
		const seconds = (performance.now() - (oldest?.at ?? 0)) / 1000;
		if (oldest === undefined || seconds <= 0) return [0, 0];
		const [first, second] = this.#read();
		const rate = (grown: number) => Math.round((grown / seconds) * 10) / 10;
		return [rate(first - oldest.counts[0]), rate(second - oldest.counts[1])];
	}

	#sample(): void {
		this.#samples.push({ at: performance.now(), counts: this.#read() });
		if (this.#samples.length > SECONDS) this.#samples.shift();
	}
}
