import type { Cancel, Clock } from "../../src/kit/clock.ts";

/** A clock that stands until it is moved; what is due then is called in order. */
export class ManualClock implements Clock {
	#now: number;
	#planned: { readonly at: number; readonly call: () => void }[] = [];

	/** @param now What it shows at first, milliseconds. */
	constructor(now = 0) {
		this.#now = now;
	}

	now(): number {
		return this.#now;
	}

	after(ms: number, call: () => void): Cancel {
		const plan = { at: this.#now + ms, call };
		this.#planned.push(plan);
		return () => {
			this.#planned = this.#planned.filter((other) => other !== plan);
		};
	}

	/** Calls that are planned. */
	get planned(): number {
		return this.#planned.length;
	}

	/** Lets so many milliseconds go by in which nothing is called: the process stands still. */
	skip(ms: number): void {
		this.#now += ms;
	}

	/** Lets so many milliseconds go by. */
	move(ms: number): void {
		const end = this.#now + ms;
		for (;;) {
			const due = this.#planned.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
			const [next] = due;
			if (next === undefined) break;
			this.#planned = this.#planned.filter((plan) => plan !== next);
			this.#now = Math.max(this.#now, next.at);
			next.call();
		}
		this.#now = end;
	}
}
