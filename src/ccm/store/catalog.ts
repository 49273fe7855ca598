// The catalog (units, tags, features, models, functions) is small and asked for with each change of a project, so it is
// in memory as well. Each kind has a stamp in the database, drawn again whenever the kind is changed: what is in memory
// counts in a transaction that sees the same stamp. A change that is undone takes its stamp with it.
import { MemoryThings } from "./memory-things.ts";
import type { Things } from "./port.ts";
import type { UnitState } from "./state-rows.ts";

/** What the catalog needs of the rows of a kind. */
export interface CatalogRows<T> {
	list(): Promise<T[]>;
	/** @param before What is stored. */
	put(thing: T, before: T | undefined): Promise<void>;
	/** @param where Its id; all that there are without one. */
	remove(where: Partial<T>): Promise<void>;
}

/** One kind as it was in the database under a stamp. */
export class CatalogMemory<K extends keyof T, T extends { readonly [P in K]: number }> {
	readonly kind: string;
	readonly key: K;
	#stamp: string | undefined;
	#things: MemoryThings<K, T>;

	constructor(kind: string, key: K) {
		this.kind = kind;
		this.key = key;
		this.#things = new MemoryThings<K, T>(key);
	}

	/** What there is under a stamp, if it is known. */
	under(stamp: string): MemoryThings<K, T> | undefined {
		return this.#stamp === stamp ? this.#things : undefined;
	}

	/** @param things Not changed from now on. */
	keep(stamp: string, things: MemoryThings<K, T>): void {
		this.#stamp = stamp;
		this.#things = things;
	}
}

/** One kind of the catalog in a unit of work or a read. */
export class CatalogThings<K extends keyof T, T extends { readonly [P in K]: number }>
	implements Things<T>
{
	readonly #memory: CatalogMemory<K, T>;
	readonly #rows: CatalogRows<T>;
	readonly #state: UnitState;
	readonly #stampName: string;
	/** A copy with what this unit of work changed. */
	#own: MemoryThings<K, T> | undefined;

	constructor(memory: CatalogMemory<K, T>, rows: CatalogRows<T>, state: UnitState) {
		this.#memory = memory;
		this.#rows = rows;
		this.#state = state;
		this.#stampName = `stamp ${memory.kind}`;
	}

	async get(id: number): Promise<T | undefined> {
		return (await this.#things()).get(id);
	}

	async list(where?: Partial<T>): Promise<T[]> {
		return (await this.#things()).list(where);
	}

	async put(thing: T): Promise<void> {
		const own = await this.#toChange();
		await this.#rows.put(thing, await own.get(thing[this.#memory.key]));
		await own.put(thing);
	}

	async remove(id: number): Promise<void> {
		const own = await this.#toChange();
		await this.#rows.remove(withKey<K, T>(this.#memory.key, id));
		await own.remove(id);
	}

	/** Removes all, those that cannot be read as well. */
	async clear(): Promise<void> {
		await this.#toChange();
		await this.#rows.remove({});
		this.#own = new MemoryThings<K, T>(this.#memory.key);
	}

	/** The end of a unit of work: what it made of the kind counts where its stamp is seen. */
	keep(): void {
		if (this.#own !== undefined) this.#memory.keep(this.#stamp, this.#own);
	}

	get #stamp(): string {
		return this.#state.get(this.#stampName) ?? "";
	}

	async #things(): Promise<MemoryThings<K, T>> {
		if (this.#own !== undefined) return this.#own;
		const stamp = this.#stamp;
		const known = this.#memory.under(stamp);
		if (known !== undefined) return known;
		const things = new MemoryThings<K, T>(this.#memory.key);
		for (const thing of await this.#rows.list()) await things.put(thing);
		this.#memory.keep(stamp, things);
		return things;
	}

	async #toChange(): Promise<MemoryThings<K, T>> {
		if (this.#own !== undefined) return this.#own;
		const copy = new MemoryThings<K, T>(this.#memory.key);
		copy.fill(await this.#things());
		// Another call may have come first.
		if (this.#own !== undefined) return this.#own;
		this.#state.set(this.#stampName, crypto.randomUUID());
		this.#own = copy;
		return copy;
	}
}

/** What finds the thing with an id. */
export function withKey<K extends keyof T, T extends { readonly [P in K]: number }>(
	key: K,
	id: number,
): Partial<T> {
	const where: Partial<Record<K, number>> = {};
	where[key] = id;
	return where as Partial<T>;
}
