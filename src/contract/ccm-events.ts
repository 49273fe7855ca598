// What a stream of a project's events tells (`docs/http.md`): first an event `project` with everything, then what changes.
// The names of the events are the keys of {@link ProjectEvents}.
import type { Change } from "./ccm-changes.ts";
import type { ProjectDocument } from "./ccm-documents.ts";
import type { InvitationView } from "./ccm-invitation.ts";
import type { ProjectParts } from "./ccm-parts.ts";

/** A person, as others who look at the same project see them. */
export interface PersonView {
	readonly u_id: number;
	readonly u_name: string;
}

/** Whether there is something of a person's own to undo, and to redo. */
export interface OwnStepsView {
	readonly can_undo: boolean;
	readonly can_redo: boolean;
}

/** A device that is bound in the project; `unknown`: CSM does not have it now. */
export interface PresenceView {
	/** UUID in lowercase. */
	readonly mac_addr: string;
	/** Empty where it is not known. */
	readonly d_name: string;
	readonly status: "online" | "offline" | "unknown";
}

/** How far something has come at CSM. */
export interface ProgressView {
	readonly state: "applying" | "running" | "failed";
	/** Why it failed, or takes long, in the words of CSM or of Python. */
	readonly reason?: string;
	/** Of a crowd: the seats it is so for, where it does not run for all of them. */
	readonly seats?: readonly number[];
}

/** All links of a join, while the project is on; one whose block has no device is not among them. */
export interface JoinProgressView {
	readonly na_id: number;
	readonly links: readonly (ProgressView & { readonly dfo_id: number })[];
	/** Of the join function; null: none is in force. */
	readonly join: ProgressView | null;
}

/** The newest value of a wire. Values are JSON, cut at {@link MAX_VALUE_LENGTH} characters. */
export interface ValueView {
	readonly na_id: number;
	/** Null: what the join gave. */
	readonly dfo_id: number | null;
	readonly value: string;
	/** Of an input, before its function. */
	readonly input?: string;
	/** Of a crowd: the seat of the member whose message it comes of. */
	readonly seat?: number;
	/** How long ago it came, in the first event of a stream; absent: now. */
	readonly age_ms?: number;
}

/** A function that failed; the message was dropped. */
export interface FailureView {
	readonly na_id: number;
	/** Null: it is not known which, or it was the join. */
	readonly dfo_id: number | null;
	readonly stage: "idf" | "join" | "odf" | null;
	/** Of a crowd that takes part one by one: the seat it failed for. */
	readonly seat?: number;
	/** Python's words, cut at {@link MAX_REASON_LENGTH} characters. */
	readonly reason: string;
}

/** The most characters of a value. */
export const MAX_VALUE_LENGTH = 200;
/** The most characters of a failure's reason. */
export const MAX_REASON_LENGTH = 1000;

/** Events by name, with their data. */
export interface ProjectEvents {
	/** Everything: the first event, and again when something was changed by no one, such as a device that deregistered. */
	readonly project: {
		readonly document: ProjectDocument;
		readonly presence: readonly PresenceView[];
		readonly links: readonly JoinProgressView[];
		readonly values: readonly ValueView[];
		readonly people: readonly PersonView[];
	};
	/** Changes that were carried out; `rev` is the document's after them. */
	readonly changes: {
		readonly rev: number;
		readonly by: PersonView;
		readonly changes: readonly Change[];
		readonly parts: ProjectParts;
		/** Of the person that made them. */
		readonly steps: OwnStepsView;
	};
	/** Devices that are bound now, or have another status or name. */
	readonly presence: readonly PresenceView[];
	/** Joins with another progress. */
	readonly links: readonly JoinProgressView[];
	/** Wires that carried something since the last event, ten times a second at most. */
	readonly values: readonly ValueView[];
	/** At most five a second of each join. */
	readonly errors: readonly FailureView[];
	/** All who look at the project now. */
	readonly people: readonly PersonView[];
	/** An invitation that was made, ended or changed; after the first event those there are. */
	readonly invitation: InvitationView;
}
