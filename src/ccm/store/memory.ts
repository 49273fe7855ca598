import { KeyedQueue } from "../../kit/mod.ts";
import { MemoryPeople } from "./memory-people.ts";
import type { CcmStore, CcmTables, IdKind, IdOf, Relations, Things } from "./port.ts";

/** Everything in memory, for tests and trials: gone with the process. */
export class MemoryStore implements CcmStore {
	readonly #queue = new KeyedQueue();
	#tables = new MemoryTables(new Map());

	read<T>(work: (tables: CcmTables) => Promise<T>): Promise<T> {
		return work(this.#tables);
	}

	write<T>(work: (tables: CcmTables) => Promise<T>): Promise<T> {
		return this.#queue.run("write", async () => {
			const copy = this.#tables.copy();
			const result = await work(copy);
			this.#tables = copy;
			return result;
		});
	}
}

class MemoryTables implements CcmTables {
	readonly people = new MemoryPeople();
	readonly projects = new MemoryThings<"p_id", ProjectOf>("p_id");
	readonly features = new MemoryThings<"df_id", ThingOf<"features">>("df_id");
	readonly models = new MemoryThings<"dm_id", ThingOf<"models">>("dm_id");
	readonly functions = new MemoryThings<"fn_id", ThingOf<"functions">>("fn_id");
	readonly units = new MemoryThings<"unit_id", ThingOf<"units">>("unit_id");
	readonly tags = new MemoryThings<"tag_id", ThingOf<"tags">>("tag_id");
	readonly devices = new MemoryThings<"d_id", ThingOf<"devices">>("d_id");
	readonly favourites = new MemoryRelations<RowOf<"favourites">>();
	readonly members = new MemoryRelations<RowOf<"members">>();
	readonly undo = new MemoryRelations<RowOf<"undo">>();
	readonly graphs = new MemoryRelations<RowOf<"graphs">>();
	readonly #ids: Map<IdOf, number>;

	constructor(ids: ReadonlyMap<IdOf, number>) {
		this.#ids = new Map(ids);
	}

	readonly newId = (kind: IdOf): number => {
		const id = (this.#ids.get(kind) ?? 0) + 1;
		this.#ids.set(kind, id);
		return id;
	};

	async holderOf(kind: IdKind, id: number): Promise<ProjectOf | undefined> {
		const projects = await this.projects.list();
		return projects.find(({ blocks, joins }) => {
			if (kind === "na") return joins.some(({ na_id }) => na_id === id);
			if (kind === "do") return blocks.some(({ do_id }) => do_id === id);
			return blocks.some(({ ports }) => ports.some(({ dfo_id }) => dfo_id === id));
		});
	}

	copy(): MemoryTables {
		const copy = new MemoryTables(this.#ids);
		copy.people.fill(this.people);
		copy.projects.fill(this.projects);
		copy.features.fill(this.features);
		copy.models.fill(this.models);
		copy.functions.fill(this.functions);
		copy.units.fill(this.units);
		copy.tags.fill(this.tags);
		copy.devices.fill(this.devices);
		copy.favourites.fill(this.favourites);
		copy.members.fill(this.members);
		copy.undo.fill(this.undo);
		copy.graphs.fill(this.graphs);
		return copy;
	}
}

type ThingOf<K extends keyof CcmTables> = CcmTables[K] extends Things<infer T> ? T : never;
type RowOf<K extends keyof CcmTables> = CcmTables[K] extends Relations<infer T> ? T : never;
type ProjectOf = ThingOf<"projects">;

class MemoryThings<K extends keyof T, T extends { readonly [P in K]: number }>
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

class MemoryRelations<T extends object> implements Relations<T> {
	#rows: readonly T[] = [];

	async list(where: Partial<T> = {}): Promise<T[]> {
		return this.#rows.filter((row) => fits(row, where));
	}

	async add(row: T): Promise<void> {
		if (!this.#rows.some((other) => fits(other, row))) this.#rows = [...this.#rows, row];
	}

	async remove(where: Partial<T>): Promise<void> {
		this.#rows = this.#rows.filter((row) => !fits(row, where));
	}

	fill(other: MemoryRelations<T>): void {
		this.#rows = other.#rows;
	}
}

function fits<T extends object>(row: T, where: Partial<T>): boolean {
	for (const key in where) if (row[key] !== where[key]) return false;
	return true;
}
