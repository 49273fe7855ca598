import { Retry } from "../../csm-client/mod.ts";
import type { Clock, Logger } from "../../kit/mod.ts";
import { isSameGraph, readGraph } from "../plan/actual.ts";
import type { GraphSpec, WantedLink } from "../plan/graph-spec.ts";
import { nameOfKey, type Op } from "../plan/operations.ts";
import type { GraphAtCsm } from "../store/port.ts";
import { Additions } from "./additions.ts";
import { GraphSession, type GraphSessionDeps, type Step } from "./graph-session.ts";
import { type GraphState, stateOfGraph } from "./link-state.ts";
import { namesReleased, openSteps } from "./open-steps.ts";
import { RefusedPause } from "./refused-pause.ts";

/** Turns without a pause; more are a quarrel with another program, or a fault. */
const MAX_TURNS = 8;

export interface GraphWorkerDeps extends GraphSessionDeps {
	readonly clock: Clock;
	readonly log: Logger;
	/** Resolves when no other graph is about to add one of these links. */
	readonly othersAdded: (graph: string, names: ReadonlySet<string>) => Promise<void>;
	/** Whether CSM has a device; a blind CSM does not answer about others. */
	readonly isKnown: (daId: string) => boolean;
	/** What the graph's state is may have changed. */
	readonly onChange: (graph: string) => void;
}

/**
 * Keeps one graph of CSM as its project wants it: plans, asks one thing after another, and plans again when something
 * turns out to be different.
 */
export class GraphWorker {
	readonly #graph: string;
	readonly #deps: GraphWorkerDeps;
	readonly #session: GraphSession;
	readonly #retry: Retry;
	readonly #refusedPause: RefusedPause;
	#spec: GraphSpec | undefined;
	/** Counts what was asked of this worker, and how much of it is done. */
	#wishes = 0;
	#fulfilled = 0;
	/** Whether there is to be another turn. */
	#isDue = false;
	#run: Promise<void> | undefined;
	readonly #additions = new Additions();
	#stopped = false;

	/** @param kept What CSM may have of it from an earlier life of this program; undefined: certainly nothing. */
	constructor(graph: string, kept: GraphAtCsm | undefined, deps: GraphWorkerDeps) {
		this.#graph = graph;
		this.#deps = deps;
		this.#session = new GraphSession(graph, kept, deps);
		this.#retry = new Retry(deps.clock, () => this.kick());
		this.#refusedPause = new RefusedPause(deps.clock, () => this.askAgain());
	}

	/** Whether nothing is on its way. */
	get isResting(): boolean {
		return this.#run === undefined;
	}

	/** Whether the graph is as it is wanted, but for what CSM refuses. */
	get isSettled(): boolean {
		return this.isResting && this.#fulfilled === this.#wishes && this.#session.isKnown;
	}

	/** Whether it is settled, with nothing refused. */
	get isAsWanted(): boolean {
		return this.isSettled && this.#session.refusals.isEmpty;
	}

	/** Whether there is nothing to do and nothing to keep. */
	get isSuperfluous(): boolean {
		return this.isSettled && this.#spec === undefined && this.#session.actual === undefined;
	}

	/** Whether CSM has no room for the graph. */
	get isRefused(): boolean {
		const { actual, refusals } = this.#session;
		return actual === undefined && refusals.reasonFor({ op: "attach" }) !== undefined;
	}

	/** Asks once more for what CSM has refused. */
	askAgain(): void {
		this.#session.refusals.clear();
		this.kick();
	}

	/** Resolves when nothing is on its way. */
	async idle(): Promise<void> {
		while (this.#run !== undefined) await this.#run;
	}

	/**
	 * Sets what is wanted; `kick` begins.
	 * @returns whether there is something to begin: a member that joins a crowd changes one graph of many.
	 */
	want(spec: GraphSpec | undefined): boolean {
		const isNew = this.#wishes === 0 || !Bun.deepEquals(spec, this.#spec);
		if (!isNew && (this.isSettled || !this.isResting)) return false;
		this.#spec = spec;
		this.#plan();
		return true;
	}

	/** Nothing that was learnt counts any more; `kick` begins. */
	forget(): void {
		this.#session.forget();
		this.#plan();
	}

	/** Begins, unless it has begun. */
	kick(): void {
		if (this.#stopped) return;
		this.#plan();
		this.#isDue = true;
		this.#run ??= this.#work().finally(() => this.#onEnd());
	}

	/** Ends for good; the graph stays as it is. */
	stop(): void {
		this.#stopped = true;
		this.#isDue = false;
		this.#additions.end();
		this.#retry.reset();
		this.#refusedPause.stop();
	}

	/** Resolves when it is not about to add one of these links. */
	async added(names: ReadonlySet<string>): Promise<void> {
		const { pending } = this.#additions;
		if (pending === undefined) return;
		const isAbout = this.#spec?.links.some(({ key }) => names.has(nameOfKey(key)));
		if (isAbout) await pending;
	}

	/** Looks whether CSM still has what it said it has. */
	async audit(): Promise<void> {
		const before = this.#session.actual;
		if (!this.isSettled || before === undefined) return;
		const { peer, log, onLost } = this.#deps;
		const outcome = await peer.examine(this.#graph);
		if (!this.isSettled || this.#session.actual !== before) return;
		if (outcome.kind === "unattached") onLost();
		if (outcome.kind !== "done") return;
		const found = readGraph(outcome.reply);
		if (found === undefined || isSameGraph(found, before)) return;
		log.warn("graph is not as it was left; repairing it", { graph: this.#graph });
		this.forget();
		this.kick();
	}

	/** How far everything has come. */
	state(): GraphState {
		const { actual, isKnown, refusals, delay } = this.#session;
		return stateOfGraph(this.#graph, { spec: this.#spec, actual, isKnown, refusals, delay });
	}

	/** Others wait with their removals from now on, not only when it is this graph's turn. */
	#plan(): void {
		this.#wishes += 1;
		this.#additions.plan();
	}

	async #work(): Promise<void> {
		for (let turn = 0; this.#isDue && !this.#stopped; turn++) {
			this.#isDue = false;
			const wish = this.#wishes;
			const step = turn < MAX_TURNS ? await this.#turn() : "later";
			if (step === "later") {
				this.#additions.failed();
				if (!this.#stopped) this.#retry.failed();
				return;
			}
			if (step === "again") this.#isDue = true;
			else this.#fulfilled = wish;
		}
		this.#additions.progressed();
		this.#retry.reset();
		this.#session.clearDelay();
	}

	/** What came while the last turn was ending must not be forgotten. */
	#onEnd(): void {
		this.#run = undefined;
		if (this.#isDue) this.kick();
		else this.#additions.rest();
		this.#planAfterRefusal();
		this.#deps.onChange(this.#graph);
	}

	async #turn(): Promise<Step> {
		const spec = this.#spec;
		const step = await this.#fulfil(spec);
		if (step === "done" && this.#isCurrent(spec)) await this.#session.end(spec);
		return step;
	}

	async #fulfil(spec: GraphSpec | undefined): Promise<Step> {
		const session = this.#session;
		session.refusals.keepFor(spec);
		if (!session.isKnown) {
			const step = await session.examine();
			if (step !== "done") return step;
			if (this.#spec !== spec) return "again";
		}
		const prepared = await session.prepare(spec);
		if (prepared !== "done") return prepared;
		const { additions, removals } = openSteps(spec, session.actual, session.refusals, (link) =>
			this.#isReachable(link),
		);
		const step = await this.#performAll(additions, spec);
		if (step !== "done") return step;
		const finished = session.finish();
		if (finished !== "done") return finished;
		this.#additions.end();
		if (removals.length === 0) return "done";
		await this.#deps.othersAdded(this.#graph, namesReleased(removals, session.actual));
		return this.#isCurrent(spec) ? this.#performAll(removals, spec) : "again";
	}

	async #performAll(ops: readonly Op[], spec: GraphSpec | undefined): Promise<Step> {
		if (ops.length === 0) return "done";
		const begun = await this.#session.begin(spec);
		if (begun !== "done") return begun;
		if (!this.#isCurrent(spec)) return "again";
		for (const op of ops) {
			const step = await this.#session.perform(op, spec);
			if (step !== "done") return step;
			this.#additions.progressed();
			// What is left of the plan is for a wish of the past.
			if (!this.#isCurrent(spec)) return "again";
		}
		return "done";
	}

	#isCurrent(spec: GraphSpec | undefined): boolean {
		return this.#spec === spec && this.#session.isKnown && !this.#stopped;
	}

	#isReachable({ key }: WantedLink): boolean {
		const { isKnown, peer } = this.#deps;
		return peer.isBlind !== true || isKnown(key.daId);
	}

	#planAfterRefusal(): void {
		if (this.#session.refusals.isEmpty) this.#refusedPause.reset();
		else if (!this.#stopped) this.#refusedPause.plan();
	}
}
