import type { Static, TObject } from "@sinclair/typebox";
import type { Change, OwnStepsView, ProjectDocument, ProjectParts } from "../../contract/mod.ts";
import type { Registered } from "../devices/sightings.ts";
import type { InvitationService } from "../invitations/invitation-service.ts";
import type { CcmStore, CcmTables } from "../store/port.ts";
import type { Passwords } from "./passwords.ts";

export type Role = "admin" | "teacher" | "student";

/** Who asks. */
export interface Person {
	readonly u_id: number;
	readonly u_name: string;
	readonly role: Role;
}

/**
 * What speaks against a source, in Python's words; undefined: nothing that is known. It is not executed in the server
 * (`ccm-gui.md §3.4`).
 */
export type SourceCheck = (code: string) => Promise<string | undefined>;

/** Which devices may be bound (`ccm-gui.md §7`, `§12`). */
export interface BindingRules {
	/** After so many seconds a device without an owner is anyone's; 0: at once. */
	readonly ownershipTimeoutS: number;
	/** Whether a device with outputs is for one block only. */
	readonly odfSingleBind: boolean;
	/** Devices of one crowd. */
	readonly maxSeats: number;
}

/** What people who look at a project are told of an operation, when it is kept. */
export type ProjectNews =
	| {
			readonly kind: "changes";
			/** As it is after them. */
			readonly document: ProjectDocument;
			readonly changes: readonly Change[];
			readonly parts: ProjectParts;
			readonly by: Person;
			/** Of the person that made them. */
			readonly steps: OwnStepsView;
	  }
	/** Others may look at it or edit it from now on. */
	| { readonly kind: "members"; readonly p_id: number }
	/** The invitation of a block is another one, or phones have come or gone. */
	| {
			readonly kind: "invitation";
			readonly p_id: number;
			readonly do_id: number;
			/** Devices of phones that have no seat any more: they are to be deregistered. */
			readonly left?: readonly string[];
	  };

/** One carrying out of an operation. */
export interface Call {
	readonly person: Person;
	readonly tables: CcmTables;
	readonly rules: BindingRules;
	/** ISO 8601, UTC. */
	readonly now: string;
	/** The project with its simulated devices bound, as clients see it; what is kept has none (`ccm-gui.md §11`). */
	simulated(project: ProjectDocument): ProjectDocument;
	/** How many links and joins of a project CSM refuses at the moment. */
	failed(pId: number): number;
	/** A device as CSM has it now. */
	readonly registered: Registered;
	readonly invitations: InvitationService;
	/** To be told when it is done: this project is to be reconciled. */
	changed(pId: number): void;
	/** To be told when it is done, to those who look at the project. */
	tell(news: ProjectNews): void;
	/** To be told when it is done: logins may have ended. */
	peopleChanged(): void;
}

/** What there is before a unit of work. */
export interface Preparation {
	readonly person: Person;
	readonly read: CcmStore["read"];
	readonly passwords: Passwords;
}

/** Where and how REST v0 reaches an operation (`ccm-gui.md §3`). */
export interface RestRoute {
	readonly method: "GET" | "PUT" | "POST" | "DELETE";
	/** Below `/api/v0`; `:name` is a field of the input, a number where the segment is digits. */
	readonly path: string;
	/** 200 by default. */
	readonly status?: 201;
	/** The key the result stands under beside `"state":"ok"`; without one its own keys stand there. */
	readonly as?: string;
	/** Its own keys stand there as well (`ccm-gui.md §3.2`, the list of features). */
	readonly both?: true;
	/** Keys of the result that REST calls otherwise. */
	readonly rename?: Readonly<Record<string, string>>;
}

/**
 * One thing CCM does, for every API: REST v0 by its route, the GUI API by its name (`ccm-gui.md §5`).
 */
export interface Operation<I extends TObject = TObject, O = unknown, P = undefined> {
	readonly name: string;
	readonly rest?: RestRoute;
	/** The least role; what a person may do with a certain thing is decided where it is looked up. */
	readonly who: Role;
	/** Whether it only looks. */
	readonly reads: boolean;
	/**
	 * Whether the command line may ask for it, which is an administrator without an account (`LOCAL_ACCOUNT`): nothing
	 * that belongs to the person who asks may come of it.
	 */
	readonly local?: true;
	readonly input: I;
	/** Sources of functions that are to be checked before anything is done. */
	sources?(input: Static<I>): readonly string[];
	/** What takes too long for a unit of work, such as the hashing of passwords. @throws Refusal */
	prepare?(before: Preparation, input: Static<I>): Promise<P>;
	/** @param prepared What `prepare` gave. */
	run(call: Call, input: Static<I>, prepared: P): Promise<O>;
}

/** Keeps the types of an operation's input and result together. */
export function operation<I extends TObject, O, P = undefined>(
	one: Operation<I, O, P>,
): Operation<I, O, P> {
	return one;
}

/** A table of operations forgets their types; the schema of each has checked its input. */
export type AnyOperation = Omit<Operation, "run" | "sources" | "prepare"> & {
	sources?(input: never): readonly string[];
	prepare?(before: Preparation, input: never): Promise<unknown>;
	run(call: Call, input: never, prepared: never): Promise<unknown>;
};
