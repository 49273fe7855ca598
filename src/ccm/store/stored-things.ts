import { withKey } from "./catalog.ts";
import type { Relations, Things } from "./port.ts";
import type { RecordRows } from "./record-rows.ts";

/** Rows with an id of their own, as the port has them. */
export class StoredThings<K extends keyof T, T extends { readonly [P in K]: number }>
	implements Things<T>
{
	readonly #rows: RecordRows<T>;
	readonly #key: K;

	constructor(rows: RecordRows<T>, key: K) {
		this.#rows = rows;
		this.#key = key;
	}

	get(id: number): Promise<T | undefined> {
		return this.#rows.get(withKey<K, T>(this.#key, id));
	}

	list(where?: Partial<T>): Promise<T[]> {
		return this.#rows.list(where);
	}

	put(thing: T): Promise<void> {
		return this.#rows.put(thing);
	}

	remove(id: number): Promise<void> {
		return this.#rows.remove(withKey<K, T>(this.#key, id));
	}
}

/** Rows without an id, as the port has them. */
export class StoredRelations<T extends object> implements Relations<T> {
	readonly #rows: RecordRows<T>;

	constructor(rows: RecordRows<T>) {
		this.#rows = rows;
	}

	list(where?: Partial<T>): Promise<T[]> {
		return this.#rows.list(where);
	}

	async add(row: T): Promise<void> {
		if ((await this.#rows.list(row)).length === 0) await this.#rows.add(row);
	}

	remove(where: Partial<T>): Promise<void> {
		return this.#rows.remove(where);
	}
}
