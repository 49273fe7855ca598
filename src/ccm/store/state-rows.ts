import { type Db, preparePut } from "../../store/mod.ts";
import type { IdOf } from "./port.ts";
import type { CcmDatabase } from "./tables.ts";
import { UnreadableRowError } from "./unreadable-row.ts";

/** The state table. `put` belongs inside a unit of work. */
export class StateRows {
	readonly #all: { execute(): Promise<{ name: string; value: string }[]> };
	readonly #put: (row: { name: string; value: string }) => Promise<void>;

	constructor(db: Db, { state }: CcmDatabase) {
		const all = db.select().from(state).prepare();
		this.#all = { execute: async () => await all.execute() };
		this.#put = preparePut(db, state, [state.name]);
	}

	/** All values by their names. */
	async all(): Promise<Map<string, string>> {
		const rows = await this.#all.execute();
		return new Map(rows.map(({ name, value }) => [name, value]));
	}

	async put(name: string, value: string): Promise<void> {
		await this.#put({ name, value });
	}
}

/** The state as of a unit of work, with what it changes. */
export class UnitState {
	readonly #rows: StateRows;
	readonly #values: Map<string, string>;
	readonly #changed = new Set<string>();

	private constructor(rows: StateRows, values: Map<string, string>) {
		this.#rows = rows;
		this.#values = values;
	}

	static async open(rows: StateRows): Promise<UnitState> {
		return new UnitState(rows, await rows.all());
	}

	get(name: string): string | undefined {
		return this.#values.get(name);
	}

	set(name: string, value: string): void {
		this.#values.set(name, value);
		this.#changed.add(name);
	}

	/** The next id of a kind. @throws UnreadableRowError when the last one cannot be read. */
	newId(kind: IdOf): number {
		const name = `last ${kind}`;
		const text = this.#values.get(name) ?? "0";
		const id = Number(text) + 1;
		if (!Number.isSafeInteger(id) || id < 1) {
			throw new UnreadableRowError(
				`Stored row ccm_state ${name} is not an id: "${text}"; restore a backup with: iotctl restore FILE`,
			);
		}
		this.set(name, String(id));
		return id;
	}

	/** The last id of each kind. */
	lastIds(): [string, number][] {
		return [...this.#values]
			.filter(([name]) => name.startsWith("last "))
			.map(([name, value]): [string, number] => [name.slice("last ".length), Number(value)])
			.sort(([a], [b]) => (a < b ? -1 : 1));
	}

	/** Keeps the ids of a kind up to one from being given again. */
	raise(kind: string, id: number): void {
		const name = `last ${kind}`;
		if (id > Number(this.#values.get(name) ?? "0")) this.set(name, String(id));
	}

	/** Has the ids of a kind begin at 1 again. */
	restart(kind: IdOf): void {
		this.set(`last ${kind}`, "0");
	}

	/** Stores what was changed; the end of a unit of work. */
	async save(): Promise<void> {
		for (const name of this.#changed) await this.#rows.put(name, this.#values.get(name) ?? "");
	}
}
