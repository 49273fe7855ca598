import type { Clock, Logger } from "../../kit/mod.ts";
import type { GraphSpec, MessageError } from "./protocol.ts";
import { Quarantine } from "./quarantine.ts";
import type { WantedState } from "./wanted-state.ts";

export interface BlameDeps {
	readonly wanted: Pick<WantedState, "graphOf" | "nameOf">;
	readonly onError: (error: MessageError) => void;
	readonly clock: Clock;
	readonly log: Logger;
}

/** Reports messages that ended an engine, or are not run because others of their input did. */
export class Blame {
	readonly #deps: BlameDeps;
	readonly #quarantine: Quarantine;
	readonly #onSurvived = (linkId: number) => this.#quarantine.survived(linkId);

	constructor(deps: BlameDeps) {
		this.#deps = deps;
		this.#quarantine = new Quarantine(() => deps.clock.now());
	}

	/** Takes the links whose messages were run; undefined while that is of no interest. */
	get survivors(): ((linkId: number) => void) | undefined {
		return this.#quarantine.isEmpty ? undefined : this.#onSurvived;
	}

	/** Whether a message of the link has ended an engine lately. */
	isSuspect(linkId: number): boolean {
		return this.#quarantine.suspects(linkId);
	}

	/** Reports a message of a link in quarantine; false when its messages are run. */
	isKeptAway(linkId: number): boolean {
		const reason = this.#quarantine.reasonFor(linkId);
		if (reason === undefined) return false;
		this.#report(linkId, "quarantine", reason);
		return true;
	}

	/** A message of the link ended an engine. @returns whether no further ones are run for now. */
	killed(linkId: number, reason: string): boolean {
		const { wanted, log } = this.#deps;
		this.#report(linkId, "engine", reason);
		const pauseMs = this.#quarantine.killed(linkId);
		if (pauseMs === 0) return false;
		const [da_id, feature] = wanted.nameOf(linkId) ?? [];
		const seconds = pauseMs / 1000;
		log.error("input quarantined: its messages end the function engine", {
			da_id,
			feature,
			seconds,
		});
		return true;
	}

	/** The graph changed: with another function anywhere in it, its inputs get another chance. */
	review(before: GraphSpec | undefined, after: GraphSpec | undefined): void {
		this.#quarantine.review(before, after);
	}

	/** Forgets everything. */
	clear(): void {
		this.#quarantine.clear();
	}

	/** Reports a message whose graph is known, but not the function to blame. */
	#report(linkId: number, kind: MessageError["kind"], reason: string): void {
		const graph = this.#deps.wanted.graphOf(linkId);
		if (graph === undefined) return;
		this.#deps.onError({ graph, kind, stage: null, digest: null, src: null, reason });
	}
}
