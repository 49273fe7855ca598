import type {
	Audit,
	AuditEntry,
	AuditQuery,
	KeptEntry,
} from "../../../src/ccm/store/audit-port.ts";
import type { RunningTime } from "../../../src/ccm/store/invitation-port.ts";
import { fits, MemoryThings } from "../../../src/ccm/store/memory-things.ts";
import { idsByRef, mentionsOf } from "../../../src/ccm/store/mentions.ts";
import type {
	CcmStore,
	CcmTables,
	GraphAtCsm,
	Graphs,
	IdKind,
	IdOf,
	Mention,
	ProjectHead,
	Projects,
	Relations,
	Things,
	UndoStep,
	UndoSteps,
} from "../../../src/ccm/store/port.ts";
import type { ProjectDocument } from "../../../src/contract/mod.ts";
import { KeyedQueue } from "../../../src/kit/mod.ts";
import { MemoryPeople } from "./memory-people.ts";

/** Everything in memory: fast, and gone with the process. test/ports holds it to what the database does. */
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
	readonly projects = new MemoryProjects("p_id");
	readonly features = new MemoryThings<"df_id", ThingOf<"features">>("df_id");
	readonly models = new MemoryThings<"dm_id", ThingOf<"models">>("dm_id");
	readonly functions = new MemoryThings<"fn_id", ThingOf<"functions">>("fn_id");
	readonly units = new MemoryThings<"unit_id", ThingOf<"units">>("unit_id");
	readonly tags = new MemoryThings<"tag_id", ThingOf<"tags">>("tag_id");
	readonly devices = new MemoryThings<"d_id", ThingOf<"devices">>("d_id");
	readonly favourites = new MemoryRelations<RowOf<"favourites">>();
	readonly members = new MemoryRelations<RowOf<"members">>();
	readonly undo = new MemoryUndo();
	readonly graphs = new MemoryGraphs();
	readonly audit = new MemoryAudit();
	readonly invitations = new MemoryThings<"do_id", ThingOf<"invitations">>("do_id");
	readonly seats = new MemoryRelations<RowOf<"seats">>();
	readonly formerSeats = new MemoryRelations<RowOf<"formerSeats">>();
	readonly running: RunningTime = {
		get: async () => this.#runningMs,
		put: async (ms) => {
			this.#runningMs = Math.round(ms);
		},
	};
	readonly #ids: Map<IdOf, number>;
	#runningMs = 0;

	constructor(ids: ReadonlyMap<IdOf, number>) {
		this.#ids = new Map(ids);
	}

	readonly newId = (kind: IdOf): number => {
		const id = (this.#ids.get(kind) ?? 0) + 1;
		this.#ids.set(kind, id);
		return id;
	};

	async holderOf(kind: IdKind, ref: number): Promise<ProjectDocument | undefined> {
		const [p_id] = await this.projects.mentioning({ kind, ref });
		return p_id === undefined ? undefined : this.projects.get(p_id);
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
		copy.audit.fill(this.audit);
		copy.invitations.fill(this.invitations);
		copy.seats.fill(this.seats);
		copy.formerSeats.fill(this.formerSeats);
		copy.#runningMs = this.#runningMs;
		return copy;
	}
}

type ThingOf<K extends keyof CcmTables> = CcmTables[K] extends Things<infer T> ? T : never;
type RowOf<K extends keyof CcmTables> = CcmTables[K] extends Relations<infer T> ? T : never;

class MemoryProjects extends MemoryThings<"p_id", ProjectDocument> implements Projects {
	find(id: number): Promise<ProjectDocument | undefined> {
		return this.get(id);
	}

	async heads(where?: Partial<ProjectHead>): Promise<ProjectHead[]> {
		return (await this.list(where)).map(({ blocks: _, joins: __, ...head }) => head);
	}

	async mentions(kind: Mention["kind"]): Promise<ReadonlyMap<string, readonly number[]>> {
		const rows = (await this.list()).flatMap((project) =>
			[...mentionsOf(project).values()]
				.filter((mention) => mention.kind === kind)
				.map(({ ref }) => ({ ref: String(ref), p_id: project.p_id })),
		);
		return idsByRef(rows);
	}

	async mentioning({ kind, ref }: Mention): Promise<number[]> {
		const found = await this.list();
		return found
			.filter((project) => mentionsOf(project).has(`${kind} ${ref}`))
			.map(({ p_id }) => p_id);
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

class MemoryGraphs extends MemoryRelations<GraphAtCsm> implements Graphs {
	async put(row: GraphAtCsm): Promise<void> {
		await this.remove({ graph: row.graph });
		await this.add(row);
	}
}

class MemoryAudit implements Audit {
	#rows: readonly KeptEntry[] = [];

	async add(entry: AuditEntry, keep: number): Promise<void> {
		const seq = (this.#rows.at(-1)?.seq ?? 0) + 1;
		this.#rows = [...this.#rows, { ...entry, seq }].slice(-keep);
	}

	async list({ before = Number.POSITIVE_INFINITY, ...where }: AuditQuery, most: number) {
		const found = this.#rows.filter((row) => row.seq < before && fits<AuditEntry>(row, where));
		return found.toReversed().slice(0, most);
	}

	fill(other: MemoryAudit): void {
		this.#rows = other.#rows;
	}
}

class MemoryUndo extends MemoryRelations<UndoStep> implements UndoSteps {
	async newest(which: Partial<UndoStep>): Promise<UndoStep | undefined> {
		return (await this.list(which)).at(-1);
	}

	async has(which: Partial<UndoStep>): Promise<boolean> {
		return (await this.newest(which)) !== undefined;
	}

	async trim(p_id: number, keep: number, mostBytes: number): Promise<void> {
		let bytes = 0;
		for (const [index, { rev, inverse, redo }] of (await this.list({ p_id }))
			.toReversed()
			.entries()) {
			bytes += Buffer.byteLength(JSON.stringify(inverse) + JSON.stringify(redo));
			if (index > 0 && (index >= keep || bytes > mostBytes)) await this.remove({ p_id, rev });
		}
	}
}
