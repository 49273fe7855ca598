import { isJson } from "../../kit/mod.ts";

interface Numbered {
	readonly number: number;
	/** As it came. */
	readonly text: string;
}

/** Numbers begin anywhere below this, so that one from before a restart is rarely taken for one of now. */
const MAX_FIRST = 2 ** 30;

/** The newest value of each output of a device, for one that asks from time to time; all that is new is numbered. */
export class NewestValues {
	readonly #values = new Map<string, Numbered>();
	readonly #first: number;
	#last: number;

	/** @param first The number before that of the first value. */
	constructor(first = 1 + Math.floor(Math.random() * (MAX_FIRST - 1))) {
		this.#first = first;
		this.#last = first;
	}

	/** Number of the newest value or change; what comes later has a higher one. It fits into 32 bits for years. */
	get last(): number {
		return this.#last;
	}

	set(feature: string, text: string): void {
		this.#last += 1;
		this.#values.set(feature, { number: this.#last, text });
	}

	/** Something else is new: who knows what came before does not know all. */
	changed(): void {
		this.#last += 1;
	}

	forget(feature: string): void {
		this.#values.delete(feature);
	}

	/** Whether a number is one of this server's run. */
	knows(number: number): boolean {
		return number >= this.#first && number <= this.#last;
	}

	/**
	 * Values that are newer than a number, as texts of JSON, by feature.
	 * @param after One that is not known stands for the beginning.
	 */
	after(after: number): Map<string, string> {
		const from = this.knows(after) ? after : this.#first;
		const newer = [...this.#values].filter(([, { number }]) => number > from);
		return new Map(newer.flatMap(([feature, { text }]) => (isJson(text) ? [[feature, text]] : [])));
	}
}
