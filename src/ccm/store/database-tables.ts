import type { ProjectDocument } from "../../contract/mod.ts";
import { InvariantError } from "../../kit/mod.ts";
import type { Audit } from "./audit-port.ts";
import { CatalogMemory, CatalogThings } from "./catalog.ts";
import type { CcmRows } from "./ccm-rows.ts";
import type { FormerSeat, InvitationRecord, RunningTime, SeatRecord } from "./invitation-port.ts";
import type {
	CcmTables,
	DeviceRecord,
	Favourite,
	Feature,
	FunctionRecord,
	Graphs,
	IdKind,
	IdOf,
	Member,
	Model,
	People,
	Projects,
	Relations,
	Tag,
	Things,
	UndoSteps,
	Unit,
} from "./port.ts";
import type { UnitState } from "./state-rows.ts";
import { StoredRelations, StoredThings } from "./stored-things.ts";

/** Name of the running time in the state. */
const RUNNING = "running ms";

/** What is in memory of the catalog, for all units of work of a store. */
export function catalogMemories() {
	return {
		units: new CatalogMemory<"unit_id", Unit>("units", "unit_id"),
		tags: new CatalogMemory<"tag_id", Tag>("tags", "tag_id"),
		features: new CatalogMemory<"df_id", Feature>("features", "df_id"),
		models: new CatalogMemory<"dm_id", Model>("models", "dm_id"),
		functions: new CatalogMemory<"fn_id", FunctionRecord>("functions", "fn_id"),
	};
}

export type CatalogMemories = ReturnType<typeof catalogMemories>;

/** CCM's data in one transaction. */
export class DatabaseTables implements CcmTables {
	readonly people: People;
	readonly units: CatalogThings<"unit_id", Unit>;
	readonly tags: CatalogThings<"tag_id", Tag>;
	readonly features: CatalogThings<"df_id", Feature>;
	readonly models: CatalogThings<"dm_id", Model>;
	readonly functions: CatalogThings<"fn_id", FunctionRecord>;
	readonly projects: Projects;
	readonly devices: Things<DeviceRecord>;
	readonly favourites: Relations<Favourite>;
	readonly members: Relations<Member>;
	readonly undo: UndoSteps;
	readonly graphs: Graphs;
	readonly audit: Audit;
	readonly invitations: Things<InvitationRecord>;
	readonly seats: Relations<SeatRecord>;
	readonly formerSeats: Relations<FormerSeat>;
	readonly running: RunningTime;
	readonly state: UnitState;
	readonly #rows: CcmRows;
	readonly #isRead: boolean;

	constructor(rows: CcmRows, memories: CatalogMemories, state: UnitState, isRead: boolean) {
		this.people = rows.people;
		this.units = new CatalogThings(memories.units, rows.units, state);
		this.tags = new CatalogThings(memories.tags, rows.tags, state);
		this.features = new CatalogThings(memories.features, rows.features, state);
		this.models = new CatalogThings(memories.models, rows.models, state);
		this.functions = new CatalogThings(memories.functions, rows.functions, state);
		this.projects = rows.projects;
		this.devices = new StoredThings(rows.devices, "d_id");
		this.favourites = new StoredRelations(rows.favourites);
		this.members = new StoredRelations(rows.members);
		this.undo = rows.undo;
		this.graphs = rows.graphs;
		this.audit = rows.audit;
		this.invitations = new StoredThings(rows.invitations, "do_id");
		this.seats = new StoredRelations(rows.seats);
		this.formerSeats = new StoredRelations(rows.formerSeats);
		this.running = {
			get: async () => readRunning(state.get(RUNNING)),
			put: async (ms) => state.set(RUNNING, String(Math.round(ms))),
		};
		this.state = state;
		this.#rows = rows;
		this.#isRead = isRead;
	}

	async holderOf(kind: IdKind, ref: number): Promise<ProjectDocument | undefined> {
		const [p_id] = await this.projects.mentioning({ kind, ref });
		return p_id === undefined ? undefined : this.projects.get(p_id);
	}

	/** An own property, since callers take it alone. */
	readonly newId = (kind: IdOf): number => {
		if (this.#isRead) throw new InvariantError(`A read asked for a new id (${kind})`);
		return this.state.newId(kind);
	};

	/**
	 * Removes everything but people, what CSM may still have of projects, and the last ids: the graphs of a removed
	 * project have its ids.
	 */
	async clear(): Promise<void> {
		for (const kind of this.#catalog) await kind.clear();
		await this.#rows.projects.clear();
		await this.#rows.devices.remove({});
		// No one outside knows them, and a unit by its id is the one of that place (`ccm-gui.md §2`).
		for (const kind of ["unit", "tag"] as const) this.state.restart(kind);
	}

	/** Ends a unit of work. */
	async save(): Promise<void> {
		await this.state.save();
		for (const kind of this.#catalog) kind.keep();
	}

	get #catalog() {
		return [this.units, this.tags, this.features, this.models, this.functions];
	}
}

/** What cannot be read counts as nothing: then codes and seats end later than they should. */
function readRunning(text = "0"): number {
	return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}
