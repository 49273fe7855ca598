// What the load generator remembers of its messages.

const RING = 1 << 16;
const HISTOGRAM_STEPS = 400_000;
const STEPS_PER_MS = 100;

/** Latencies in steps of 10 µs up to 4 s. */
export class Histogram {
	readonly #counts = new Uint32Array(HISTOGRAM_STEPS);
	#n = 0;
	max = 0;

	add(ms: number, times: number): void {
		const step = Math.min(HISTOGRAM_STEPS - 1, Math.floor(ms * STEPS_PER_MS));
		this.#counts[step] = (this.#counts[step] ?? 0) + times;
		this.#n += times;
		if (ms > this.max) this.max = ms;
	}

	at(share: number): number {
		let left = share * this.#n;
		for (const [step, count] of this.#counts.entries()) {
			left -= count;
			if (left <= 0) return (step + 1) / STEPS_PER_MS;
		}
		return this.max;
	}
}

/** When the messages of one pair were sent, oldest first: all brokers keep their order. */
export class Sent {
	readonly #at = new Float64Array(RING);
	#first = 0;
	#next = 0;

	get waiting(): number {
		return this.#next - this.#first;
	}

	push(now: number, times: number): void {
		for (let n = 0; n < times; n++) this.#at[this.#next++ & (RING - 1)] = now;
	}

	shift(): number {
		return this.#at[this.#first++ & (RING - 1)] ?? 0;
	}
}
