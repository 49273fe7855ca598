/** One of those that take turns at something scarce. */
export interface FairShare {
	/** How much of it they had, as turns count it. */
	had: number;
}

/**
 * Who is next: the one who had least (start-time fair queuing, Goyal et al. 1996). One that comes after a pause does
 * not get what they did not ask for meanwhile, but a head start: one who wants little need not wait for all others.
 */
export class FairQueue<T extends FairShare> {
	readonly #headStart: number;
	/** By what they had, the next one last. */
	readonly #waiting: T[] = [];
	/** What the one had whose turn it was last, when it began. */
	#now = 0;

	/** @param headStart What someone may have had less than the others after a pause. */
	constructor(headStart: number) {
		this.#headStart = headStart;
	}

	get isEmpty(): boolean {
		return this.#waiting.length === 0;
	}

	/** Waits for a turn, behind those who had as much. */
	enter(one: T): void {
		one.had = Math.max(one.had, this.#now - this.#headStart);
		let [low, high] = [0, this.#waiting.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.#waiting[middle]?.had ?? 0) > one.had) low = middle + 1;
			else high = middle;
		}
		this.#waiting.splice(low, 0, one);
	}

	/** Takes the next one out. */
	next(): T | undefined {
		const one = this.#waiting.pop();
		if (one !== undefined) this.#now = Math.max(this.#now, one.had);
		return one;
	}

	/** Waits no longer. @returns whether it did. */
	leave(one: T): boolean {
		const at = this.#waiting.indexOf(one);
		if (at >= 0) this.#waiting.splice(at, 1);
		return at >= 0;
	}

	/** One had more than was thought, or less. */
	charge(one: T, more: number): void {
		const isWaiting = this.leave(one);
		one.had += more;
		if (isWaiting) this.enter(one);
	}
}
