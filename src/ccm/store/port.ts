// What CCM keeps, as its services see it. Everything is asynchronous, and rows are never
// changed in place. `test/ports` has what an implementation has to do.
import type { Change, FeatureType, IdfType, Pinned, ProjectDocument } from "../../contract/mod.ts";
import type { PeopleRows } from "../../store/mod.ts";
import type { Audit } from "./audit-port.ts";
import type { FormerSeat, InvitationRecord, RunningTime, SeatRecord } from "./invitation-port.ts";

/** Parts of a project that are reached by an id of their own. */
export type IdKind = "do" | "dfo" | "na";

/** A parameter of a feature, by itself or in a model (`ccm-gui.md §2`, `DF_Parameter`). */
export interface Param {
	readonly param_type: string;
	readonly idf_type: IdfType;
	readonly fn_id: number | null;
	readonly min: number;
	readonly max: number;
	readonly normalization: boolean;
	readonly unit_id: number;
}

/** Owner of what is in the catalog: null = the system, which only admins change. */
export interface Owned {
	readonly u_id: number | null;
}

export interface Feature extends Owned {
	readonly df_id: number;
	/** Unique. */
	readonly df_name: string;
	readonly df_type: FeatureType;
	readonly df_category: string;
	readonly comment: string;
	readonly params: readonly Param[];
}

/** A feature in a model. */
export interface ModelMember {
	readonly mf_id: number;
	readonly df_id: number;
	readonly params: readonly Param[];
	readonly tag_ids: readonly number[];
}

export interface Model extends Owned {
	readonly dm_id: number;
	/** Unique. */
	readonly dm_name: string;
	readonly plural: boolean;
	readonly device_only: boolean;
	readonly members: readonly ModelMember[];
}

export interface FunctionVersion {
	readonly fnvt_idx: number;
	/** Who wrote it; null = the system. */
	readonly u_id: number | null;
	/** ISO 8601, UTC. */
	readonly date: string;
	readonly code: string;
}

export interface FunctionRecord extends Owned {
	readonly fn_id: number;
	/** Unique for its owner. */
	readonly fn_name: string;
	readonly is_protect: boolean;
	/** Samples that its editor tries; they hold for the newest version. */
	readonly pinned: readonly Pinned[];
	/** Oldest first, at least one. */
	readonly versions: readonly FunctionVersion[];
}

/** A function that is offered first, for a feature or (null) for joins; `u_id` null: to all. */
export interface Favourite extends Owned {
	readonly fn_id: number;
	readonly df_id: number | null;
}

export interface Unit {
	readonly unit_id: number;
	readonly unit_name: string;
}

export interface Tag {
	readonly tag_id: number;
	readonly tag_name: string;
	readonly param_no: number;
}

/** A device CSM has, or had when something was bound to it. */
export interface DeviceRecord {
	readonly d_id: number;
	/** UUID in lowercase, unique. */
	readonly mac_addr: string;
	readonly d_name: string;
	readonly status: "online" | "offline";
	/** Its owner; null: none yet. */
	readonly u_id: number | null;
	readonly dm_name: string;
	readonly is_sim: boolean;
	/** Unix time, seconds. */
	readonly register_time: number;
	readonly extra_setup_webpage: string;
	readonly device_webpage: string;
}

/** A person a project is shared with. */
export interface Member {
	readonly p_id: number;
	readonly u_id: number;
	readonly may: "look" | "edit";
}

/** An accepted set of changes, and what takes it back. */
export interface UndoStep {
	readonly p_id: number;
	/** The person who made it; only that person undoes it. */
	readonly u_id: number;
	/** Revision the project had after it. */
	readonly rev: number;
	readonly inverse: readonly Change[];
	/** The inverse of the inverse, as long as no one has changed the same things since. */
	readonly redo: readonly Change[];
	/** Whether it took a step back: carrying out its inverse is then a redo. */
	readonly is_undone: boolean;
}

/** A graph CSM may have: from before it is first asked for until it is certainly gone. */
export interface GraphAtCsm {
	readonly graph: string;
	/** Names of links it may have, where CSM cannot tell which (`csm.md §4.9`). */
	readonly links: readonly string[];
	/** Digest of what it is, with all these links as they were wanted; empty: something was left undone. */
	readonly settled: string;
}

/** Things with an id of their own. */
export interface Things<T> {
	get(id: number): Promise<T | undefined>;
	/** Those whose fields have these values; all without any. By id. */
	list(where?: Partial<T>): Promise<T[]>;
	/** Adds it, or puts it in the place of the one with its id. */
	put(thing: T): Promise<void>;
	remove(id: number): Promise<void>;
}

/** Things without an id. */
export interface Relations<T> {
	list(where?: Partial<T>): Promise<T[]>;
	/** Adds it unless it is there. */
	add(row: T): Promise<void>;
	remove(where: Partial<T>): Promise<void>;
}

/** Graphs CSM may have, by their name. */
export interface Graphs {
	list(where?: Pick<GraphAtCsm, "graph">): Promise<GraphAtCsm[]>;
	/** Adds it, or puts it in the place of the one with its name. */
	put(graph: GraphAtCsm): Promise<void>;
	remove(where: Pick<GraphAtCsm, "graph">): Promise<void>;
}

/** A project without its document. */
export type ProjectHead = Omit<ProjectDocument, "blocks" | "joins">;

/** What a project's document has (`IdKind`) or uses: a model, feature or function by its id, a device by its UUID. */
export type Mention =
	| { readonly kind: IdKind | "dm" | "df" | "fn"; readonly ref: number }
	| { readonly kind: "mac"; readonly ref: string };

export interface Projects extends Things<ProjectDocument> {
	/** @throws UnreadableRowError when its row cannot be read. */
	get(id: number): Promise<ProjectDocument | undefined>;
	/** As {@link get}, and undefined for one that cannot be read: for what is about many projects. */
	find(id: number): Promise<ProjectDocument | undefined>;
	/**
	 * As {@link list}, without reading the documents: a list of thousands is quick. Projects whose document cannot be
	 * read are there, too.
	 */
	heads(where?: Partial<ProjectHead>): Promise<ProjectHead[]>;
	/** Ids of the projects whose document mentions it, in order. */
	mentioning(mention: Mention): Promise<number[]>;
	/** All that projects mention of a kind, as text, each with the ids of the projects, in order. */
	mentions(kind: Mention["kind"]): Promise<ReadonlyMap<string, readonly number[]>>;
}

export interface UndoSteps extends Relations<UndoStep> {
	/** The last step a person can undo (or, of those that are undone, redo) in a project. */
	newest(which: Pick<UndoStep, "p_id" | "u_id" | "is_undone">): Promise<UndoStep | undefined>;
	/** Whether {@link newest} has something to find. */
	has(which: Pick<UndoStep, "p_id" | "u_id" | "is_undone">): Promise<boolean>;
	/** Forgets all steps of a project but the newest ones: so many, of so many bytes of JSON; the last one is kept whatever its size. */
	trim(pId: number, keep: number, mostBytes: number): Promise<void>;
}

/** Kinds of ids; none is ever given twice. */
export type IdOf = IdKind | "p" | "df" | "dm" | "mf" | "fn" | "fnvt" | "unit" | "tag" | "d";

/** People and the codes they register with: on a database the users of the server itself (`peopleIn` of `store`). */
export type People = Pick<PeopleRows, keyof PeopleRows>;

/** All there is, inside a unit of work or a read. */
export interface CcmTables {
	readonly people: People;
	readonly projects: Projects;
	readonly features: Things<Feature>;
	readonly models: Things<Model>;
	readonly functions: Things<FunctionRecord>;
	readonly units: Things<Unit>;
	readonly tags: Things<Tag>;
	readonly devices: Things<DeviceRecord>;
	readonly favourites: Relations<Favourite>;
	readonly members: Relations<Member>;
	readonly undo: UndoSteps;
	readonly graphs: Graphs;
	readonly audit: Audit;
	/** By the device object. */
	readonly invitations: Things<InvitationRecord>;
	readonly seats: Relations<SeatRecord>;
	readonly formerSeats: Relations<FormerSeat>;
	readonly running: RunningTime;
	/** The project that has a device object, feature object or join. */
	holderOf(kind: IdKind, id: number): Promise<ProjectDocument | undefined>;
	/** The next id of a kind; only in a unit of work. */
	newId(kind: IdOf): number;
}

/** Nothing but its own calls may be awaited inside `work`. */
export interface CcmStore {
	/** Sees one and the same state, however often it awaits; never that of an unfinished unit of work. */
	read<T>(work: (tables: CcmTables) => Promise<T>): Promise<T>;
	/** One after another; all of it is kept, or, when it throws, none. Durable when it resolves. */
	write<T>(work: (tables: CcmTables) => Promise<T>): Promise<T>;
}
