import type { ReadonlySignal } from "@preact/signals";
import type {
	Block,
	Change,
	FailureView,
	InvitationView,
	Join,
	PersonView,
	Port,
	PresenceView,
	ProgressView,
	ProjectDocument,
} from "../../../contract/mod.ts";
import type { Answer } from "../server/ask.ts";
import type { PartKind } from "./names.ts";

/** What the reader may do with the project. */
export type May = "look" | "edit" | "own";

/** State of the connection between page and server; data of a lost contact must not look alive. */
export type Contact =
	| { readonly state: "loading" | "live" }
	/** Tried again by itself. */
	| { readonly state: "lost"; readonly since: number }
	| { readonly state: "ended"; readonly reason: ContactEnd };

/** Why contact ended for good: deleted, or no right any more; the login; it is damaged in the server's database. */
export type ContactEnd = "gone" | "login" | "unreadable";

/** What a wire carried last. */
export interface WireValue {
	/** JSON, cut by the server. */
	readonly value: string;
	/** Of an input, before its function. */
	readonly input?: string;
	/** Milliseconds of the page's monotonic clock (`performance.now()`). */
	readonly at: number;
	/** The first number of each of the last values, at most 20, for a sparkline; empty where there were none. */
	readonly numbers: readonly number[];
}

/** A failure at its place, until its place works again. */
export interface Failure extends FailureView {
	readonly at: number;
	readonly count: number;
	/** Seats of a crowd it has failed for. */
	readonly seats: readonly number[];
}

/** What was changed, for the log of the project. */
export interface LogEntry {
	readonly at: Date;
	readonly by: PersonView | undefined;
	readonly changes: readonly Change[];
	readonly failure?: FailureView;
}

/** What came before the log of this page. */
export interface LogBegin {
	readonly rev: number;
	readonly at: Date;
}

/** A value as it came, with the time: what a monitor notes. */
export interface Sample {
	readonly at: Date;
	readonly naId: number;
	readonly dfoId: number | null;
	readonly value: string;
	readonly input?: string;
	/** Of a crowd: the seat whose message it comes of. */
	readonly seat?: number;
}

/** A project that is open in this page: what the server says about it, as signals, and what may be done to it. */
export interface OpenProject {
	readonly pId: number;
	readonly document: ReadonlySignal<ProjectDocument | undefined>;
	readonly may: ReadonlySignal<May>;
	readonly contact: ReadonlySignal<Contact>;
	/** All who look at it now. */
	readonly people: ReadonlySignal<readonly PersonView[]>;
	/** The newest last, at most 200. */
	readonly log: ReadonlySignal<readonly LogEntry[]>;
	/** Where the log begins; undefined: nothing has come yet. */
	readonly logBegins: ReadonlySignal<LogBegin | undefined>;
	/** Of a part that is there or was there since the page has followed the project. */
	nameOf(kind: PartKind, id: number): string | undefined;
	/** One signal for each: what changes draws nothing else again. */
	presenceOf(macAddr: string): ReadonlySignal<PresenceView | undefined>;
	linkOf(naId: number, dfoId: number): ReadonlySignal<ProgressView | undefined>;
	joinOf(naId: number): ReadonlySignal<ProgressView | undefined>;
	/** `dfoId` null: what the join gave. */
	valueOf(naId: number, dfoId: number | null): ReadonlySignal<WireValue | undefined>;
	failureOf(naId: number, dfoId: number | null): ReadonlySignal<Failure | undefined>;
	/** Of blocks that have one, and those that had one since the page was opened. */
	readonly invitations: ReadonlySignal<ReadonlyMap<number, InvitationView>>;
	/** Hears each value as it comes. @returns what ends it. */
	onSamples(naId: number, hear: (samples: readonly Sample[]) => void): () => void;
	/** Sends changes; the page follows when the server has told of them, which is before this resolves. */
	change(changes: readonly Change[]): Promise<Answer<Changed>>;
	/** @param skips Whether a step that cannot be taken any more is forgotten, and the one before it is taken. */
	undo(skips?: boolean): Promise<Answer<Changed>>;
	redo(skips?: boolean): Promise<Answer<Changed>>;
	/** Whether there is a step of the reader's own. */
	readonly canUndo: ReadonlySignal<boolean>;
	readonly canRedo: ReadonlySignal<boolean>;
	close(): void;
}

export interface Changed {
	readonly rev: number;
	/** What was carried out, with the ids given: `add_join` came back as `restore_join`, and so on. */
	readonly changes: readonly Change[];
	readonly inverse: readonly Change[];
}

/** Where a port is. */
export interface PortPlace {
	readonly block: Block;
	readonly port: Port;
}

/** Finds a port in a document. */
export function portOf(
	document: ProjectDocument | undefined,
	dfoId: number,
): PortPlace | undefined {
	for (const block of document?.blocks ?? []) {
		const port = block.ports.find(({ dfo_id }) => dfo_id === dfoId);
		if (port !== undefined) return { block, port };
	}
	return undefined;
}

/** Finds a join in a document. */
export function joinIn(document: ProjectDocument | undefined, naId: number): Join | undefined {
	return document?.joins.find(({ na_id }) => na_id === naId);
}
