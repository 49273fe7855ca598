import type { Things } from "./port.ts";

/** Things of one kind; a copy is cheap, and changing it leaves the first as it was. */
export class MemoryThings<K extends keyof T, T extends { readonly [P in K]: number }>
	implements Things<T>
{
	readonly #key: K;
	readonly #things = new Map<number, T>();

	constructor(key: K) {
		this.#key = key;
	}

	async get(id: number): Promise<T | undefined> {
		return this.#things.get(id);
	}

	async list(where: Partial<T> = {}): Promise<T[]> {
		const things = [...this.#things.values()].filter((thing) => fits(thing, where));
		return things.sort((a, b) => a[this.#key] - b[this.#key]);
	}

	async put(thing: T): Promise<void> {
		this.#things.set(thing[this.#key], thing);
	}

	async remove(id: number): Promise<void> {
		this.#things.delete(id);
	}

	fill(other: MemoryThings<K, T>): void {
		for (const [id, thing] of other.#things) this.#things.set(id, thing);
	}
}

/** Whether a row has these values. */
export function fits<T extends object>(row: T, where: Partial<T>): boolean {
	for (const key in where) if (row[key] !== where[key]) return false;
	return true;
}
