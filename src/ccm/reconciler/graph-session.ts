import { type Logger, messageOf } from "../../kit/mod.ts";
import { ActualGraph, readGraph, UNKNOWN_JOIN } from "../plan/actual.ts";
import type { GraphSpec } from "../plan/graph-spec.ts";
import type { Op, OpOf } from "../plan/operations.ts";
import type { GraphAtCsm } from "../store/port.ts";
import { BlindGraph } from "./blind-graph.ts";
import type { Peer } from "./peer.ts";
import { linkOf, Refusals } from "./refusals.ts";

/** CSM's list of sources has lost what was given to it (`csm.md §4.4`, `§4.6`). */
const SOURCE_GONE = /^(Function unknown|New function not found|dependency )/;
const NO_ANSWER = "CSM has not answered";
const NOT_KEPT = "the database does not take what CSM is asked for";

/** How a piece of work ended: it is done, should be planned again, or be tried later. */
export type Step = "done" | "again" | "later";

/** Keeps what a CSM that cannot tell may have of a graph; done when it is durable. */
export type Keep = (graph: GraphAtCsm) => Promise<void>;

export interface GraphSessionDeps {
	readonly peer: Peer;
	readonly log: Logger;
	readonly keep: Keep;
	/** CSM has lost what it had. */
	readonly onLost: () => void;
}

/** What is known of one graph at CSM, and how operations change it. What CSM answers is all it believes. */
export class GraphSession {
	readonly #graph: string;
	readonly #deps: GraphSessionDeps;
	readonly refusals = new Refusals();
	readonly #blind: BlindGraph;
	#actual: ActualGraph | undefined;
	#isKnown: boolean;
	#delay: string | undefined;
	/** Whether links were refused that may be there anyway. */
	#isDoubtful = false;

	/** @param kept What CSM may have of it from an earlier life of this program; undefined: certainly nothing. */
	constructor(graph: string, kept: GraphAtCsm | undefined, deps: GraphSessionDeps) {
		this.#graph = graph;
		this.#deps = deps;
		this.#blind = new BlindGraph(graph, deps.peer, kept);
		this.#isKnown = kept === undefined;
	}

	/** As CSM's answers tell; undefined: it does not have the graph. */
	get actual(): ActualGraph | undefined {
		return this.#actual;
	}

	/** False: an answer is missing, and anything may be true. */
	get isKnown(): boolean {
		return this.#isKnown;
	}

	/** Why something has no answer yet. */
	get delay(): string | undefined {
		return this.#delay;
	}

	/** All went well. */
	clearDelay(): void {
		this.#delay = undefined;
	}

	/** Nothing that was learnt counts any more. */
	forget(): void {
		this.#isKnown = false;
		this.refusals.clear();
	}

	/** Asks CSM what it has. */
	async examine(): Promise<Step> {
		const outcome = await this.#deps.peer.examine(this.#graph);
		if (outcome.kind === "unattached") {
			this.#actual = undefined;
			this.#blind.clear();
		} else if (outcome.kind === "unsupported") {
			if (this.#actual?.blind !== true) this.#actual = this.#blind.firstSight();
			const answer = await this.#blind.resolveDoubt(this.#actual);
			if (answer === "none") return this.#lost(NO_ANSWER);
		} else if (outcome.kind !== "done") return this.#lost(outcome.reason);
		else {
			const found = readGraph(outcome.reply);
			if (found === undefined) return this.#lost("CSM gives an odd answer to get_graph");
			this.#actual = found;
			this.#blind.clear();
		}
		this.#isKnown = true;
		return "done";
	}

	/** To be called before each plan. */
	async prepare(spec: GraphSpec | undefined): Promise<Step> {
		if (this.#actual?.blind !== true || this.#blind.mayTakeOver(spec)) return "done";
		const begun = await this.begin(spec);
		if (begun !== "done") return begun;
		const answer = await this.#blind.removeAll(spec, this.#actual);
		return answer === "yes" ? "again" : this.#lost(NO_ANSWER);
	}

	/** To be called before operations: whatever becomes of them, a later life of this program knows of their links. */
	async begin(spec: GraphSpec | undefined): Promise<Step> {
		return (await this.#keep(spec, false)) ? "done" : this.#lost(NOT_KEPT);
	}

	/** To be called when nothing is left to do. */
	async end(spec: GraphSpec | undefined): Promise<void> {
		// Where it fails more links are kept than there are; the graph is as it is wanted anyway.
		if (spec !== undefined) await this.#keep(spec, true);
	}

	/** To be called when a plan's additions are carried out: whether what is known still counts. */
	finish(): Step {
		return this.#isDoubtful ? this.#doubt() : "done";
	}

	/** Asks CSM for one change, and notes what became of it. */
	async perform(op: Op, spec: GraphSpec | undefined): Promise<Step> {
		// Its function would be made for slots that may not be there.
		if (op.op === "set_join" && this.#isDoubtful) return this.#doubt();
		this.#blind.onAsk(op);
		if (op.op === "set_join" && op.prev === UNKNOWN_JOIN.digest) return this.#replaceJoin(op, spec);
		const outcome = await this.#deps.peer.ask(this.#graph, { ...op });
		switch (outcome.kind) {
			case "done":
				return this.#note(op, spec);
			case "already":
				return op.op === "add_link" ? this.#adopt(op, spec) : this.#note(op, spec);
			case "mismatch":
				if (this.#actual?.blind !== true) return this.#doubt();
				return op.op === "set_join" ? this.#replaceJoin(op, spec) : this.#remakeAll(spec);
			case "unattached":
				if (op.op === "detach") return this.#note(op, spec);
				this.#deps.onLost();
				return this.#doubt();
			case "unsupported":
			case "refused":
				return this.#onRefusal(op, outcome.reason);
			case "lost":
				this.#blind.onLost(op);
				return this.#lost(outcome.reason);
		}
	}

	async #note(op: Op, spec: GraphSpec | undefined): Promise<Step> {
		this.#blind.onDone(op);
		if (op.op === "detach") {
			this.#actual = undefined;
			this.#blind.clear();
		} else if (op.op !== "attach") this.#actual?.apply(op);
		else {
			const isBlind = await this.#deps.peer.kind(this.#graph);
			if (isBlind === undefined) {
				this.#blind.onLost(op);
				return this.#lost(NO_ANSWER);
			}
			this.#actual = new ActualGraph(isBlind);
			return this.begin(spec);
		}
		return "done";
	}

	/** @returns whether it is kept, where that is necessary. */
	async #keep(spec: GraphSpec | undefined, isDone: boolean): Promise<boolean> {
		if (this.#actual?.blind !== true) return true;
		try {
			await this.#deps.keep(this.#blind.remains(spec, this.#actual, isDone));
			return true;
		} catch (error) {
			const fields = { graph: this.#graph, reason: messageOf(error) };
			this.#deps.log.debug("cannot keep what CSM may have", fields);
			return false;
		}
	}

	/** The link is there, from an earlier life of this program. */
	async #adopt(op: OpOf<"add_link">, spec: GraphSpec | undefined): Promise<Step> {
		if (this.#actual?.blind !== true) return this.#doubt();
		const answer = await this.#blind.adopts(op);
		if (answer === "none") return this.#lost(NO_ANSWER);
		if (answer === "yes") {
			this.#blind.onTakenOver(op);
			this.#actual.apply(op);
			return "done";
		}
		// Its function is another one, or slots are in another order: all links are made again.
		const isRemoved = await this.#blind.removeAll(spec, this.#actual);
		return isRemoved === "yes" ? "again" : this.#lost(NO_ANSWER);
	}

	async #replaceJoin(op: OpOf<"set_join">, spec: GraphSpec | undefined): Promise<Step> {
		const answer = await this.#blind.replaceJoin(op);
		if (answer === "yes") return this.#note(op, spec);
		return answer === "none" ? this.#lost(NO_ANSWER) : this.#remakeAll(spec);
	}

	/** A blind CSM has a function that this program does not know of: there is no other way. */
	async #remakeAll(spec: GraphSpec | undefined): Promise<Step> {
		if (this.#actual === undefined) return this.#doubt();
		const answer = await this.#blind.removeAll(spec, this.#actual);
		// The original does not answer this; whether it is done is seen when the graph is examined.
		if (answer === "yes") await this.#deps.peer.ask(this.#graph, { op: "detach" });
		return this.#lost("CSM has another function than this program knows of");
	}

	#onRefusal(op: Op, reason: string): Step {
		if (SOURCE_GONE.test(reason)) {
			this.#actual?.digests.clear();
			return "again";
		}
		const fields = { graph: this.#graph, op: op.op, link: linkOf(op), reason };
		this.#deps.log.info("CSM refuses an operation", fields);
		this.refusals.add(op, reason);
		// Without the graph there is nothing else to ask for.
		if (op.op === "attach") return "again";
		// Some refused links stay with CSM, without data (`csm.md §4.4`); it can tell which, once for all of them.
		if (op.op === "add_link") this.#isDoubtful = true;
		return "done";
	}

	#doubt(): Step {
		this.#isKnown = false;
		this.#isDoubtful = false;
		return "again";
	}

	#lost(reason: string): Step {
		this.#isKnown = false;
		this.#isDoubtful = false;
		this.#delay = reason;
		return "later";
	}
}
