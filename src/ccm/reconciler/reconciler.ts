import type { DeviceEvent } from "../../csm-client/mod.ts";
import type { Cancel, Clock, Logger } from "../../kit/mod.ts";
import type { GraphSpec } from "../plan/graph-spec.ts";
import type { GraphAtCsm } from "../store/port.ts";
import type { Keep } from "./graph-session.ts";
import { GraphWorker, type GraphWorkerDeps } from "./graph-worker.ts";
import type { GraphState } from "./link-state.ts";
import { type Ask, Peer } from "./peer.ts";

/** What is needed of the directory of devices. */
export interface Directory {
	readonly devices: ReadonlyMap<string, unknown>;
	onEvent(listener: (event: DeviceEvent) => void): void;
	/** Asks for the whole list again. */
	attach(): void;
}

export interface ReconcilerDeps {
	readonly ask: Ask;
	readonly directory: Directory;
	readonly clock: Clock;
	readonly log: Logger;
}

/** One graph is looked at in this time: a CSM that has forgotten everything does not say so. */
const AUDIT_MS = 30_000;
/** Pauses when CSM loses its graphs again and again; the first time all is told again at once. */
const FIRST_LOSS_PAUSE_MS = 1000;
const LONGEST_LOSS_PAUSE_MS = 30_000;
const QUIET_MS = 120_000;

/**
 * Makes CSM's graphs what projects want, and keeps them so: over lost answers, and restarts of either side. Graphs are
 * worked at side by side, each one operation after another; a link that moves between graphs is added before it is
 * removed.
 */
export class Reconciler {
	readonly #directory: Directory;
	readonly #clock: Clock;
	readonly #peer: Peer;
	readonly #workers = new Map<string, GraphWorker>();
	/** Graphs of each project that was seen. */
	readonly #projects = new Map<number, ReadonlySet<string>>();
	readonly #listeners: ((graph: string) => void)[] = [];
	readonly #goneListeners: ((graph: string) => void)[] = [];
	readonly #workerDeps: GraphWorkerDeps;
	#keep: Keep = async () => {};
	/** Whether CSM has answered; before that nothing is sent. */
	#isOpen = false;
	/** Planned, since CSM has lost what it had. */
	#cancelForgetting: Cancel | undefined;
	#lastLossAt = Number.NEGATIVE_INFINITY;
	#lossPauseMs = 0;
	#isStopped = false;
	#audit: Cancel | undefined;
	#lastAudited: string | undefined;

	constructor({ ask, directory, clock, log }: ReconcilerDeps) {
		this.#directory = directory;
		this.#clock = clock;
		this.#peer = new Peer(ask);
		this.#workerDeps = {
			peer: this.#peer,
			clock,
			log,
			othersAdded: (graph, names) => this.#othersAdded(graph, names),
			keep: (graph) => this.#keep(graph),
			isKnown: (daId) => directory.devices.has(daId),
			onLost: () => this.#onLost(),
			onChange: (graph) => this.#onChange(graph),
		};
	}

	/** Begins when the directory has its first list. */
	start(): void {
		this.#directory.onEvent((event) => this.#onDevice(event));
		this.#planAudit();
	}

	/** Sends nothing more, for good, whatever it is told; graphs stay as they are, so that data flow on. */
	stop(): void {
		this.#isStopped = true;
		this.#audit?.();
		this.#cancelForgetting?.();
		this.#isOpen = false;
		this.#peer.stop();
		for (const worker of this.#workers.values()) worker.stop();
	}

	/** Names graphs that CSM may have from an earlier life of this program (see `onGone`); for the start. */
	recall(graphs: Iterable<GraphAtCsm>): void {
		if (this.#isStopped) return;
		for (const kept of graphs) {
			const worker = this.#worker(kept.graph, kept);
			if (this.#isOpen) worker.kick();
		}
	}

	/** Sets what a project wants; what it does not name any more is removed. */
	update(project: number, specs: readonly GraphSpec[]): void {
		if (this.#isStopped) return;
		const wanted = new Map(specs.map((spec) => [spec.graph, spec]));
		const before = this.#projects.get(project) ?? [];
		this.#projects.set(project, new Set(wanted.keys()));
		const workers = [...new Set([...wanted.keys(), ...before])].flatMap((graph) => {
			const worker = this.#worker(graph, undefined);
			return worker.want(wanted.get(graph)) ? [worker] : [];
		});
		for (const graph of wanted.keys()) this.#tell(graph);
		// Only now: none removes a link that another one is about to add.
		if (this.#isOpen) for (const worker of workers) worker.kick();
	}

	/** Removes all graphs of a project, and what is remembered of it. */
	remove(project: number): void {
		this.update(project, []);
		this.#projects.delete(project);
	}

	/** How far the graphs of a project have come. */
	states(project: number): GraphState[] {
		const graphs = [...(this.#projects.get(project) ?? [])];
		return graphs.flatMap((graph) => this.#workers.get(graph)?.state() ?? []);
	}

	/** Hears which graph may have another state. */
	onChange(listener: (graph: string) => void): void {
		this.#listeners.push(listener);
	}

	/**
	 * Hears which graph CSM certainly has no longer. A store keeps a graph's id from before it is first wanted until
	 * then, and names it to `recall`: else a graph whose join was deleted just before this
	 * program was killed would stay for ever.
	 */
	onGone(listener: (graph: string) => void): void {
		this.#goneListeners.push(listener);
	}

	/**
	 * Sets where it is kept what a CSM that cannot tell may have of graphs (`csm.md §4.9`), from before it is asked: what
	 * is unwanted of it after a kill would stay for ever otherwise. What was kept is named to `recall`.
	 */
	keepBy(keep: Keep): void {
		this.#keep = keep;
	}

	/** Whether every graph is as it is wanted, but for what CSM refuses. */
	get isSettled(): boolean {
		return this.#isOpen && [...this.#workers.values()].every(({ isSettled }) => isSettled);
	}

	/** What is not as it is wanted: graphs that are worked at, and links not running, refused ones included. */
	get backlog(): { readonly graphs: number; readonly links: number } {
		const open = [...this.#workers.values()].filter((worker) => !worker.isAsWanted);
		const links = open.flatMap((worker) => [...worker.state().links.values()]);
		return {
			graphs: open.filter((worker) => !worker.isSettled).length,
			links: links.filter(({ state }) => state !== "running").length,
		};
	}

	/** Resolves when nothing is on its way; what waits for its next attempt may still be left. */
	async idle(): Promise<void> {
		const isBusy = () => [...this.#workers.values()].some((worker) => !worker.isResting);
		while (isBusy()) await Promise.all([...this.#workers.values()].map((worker) => worker.idle()));
	}

	#worker(graph: string, kept: GraphAtCsm | undefined): GraphWorker {
		const known = this.#workers.get(graph);
		if (known !== undefined) return known;
		const worker = new GraphWorker(graph, kept, this.#workerDeps);
		this.#workers.set(graph, worker);
		return worker;
	}

	#onDevice(event: DeviceEvent): void {
		if (this.#isStopped) return;
		if (event.type === "resync") {
			this.#isOpen = true;
			this.#reconcileAll();
		} else if (event.type === "registered" && this.#peer.isBlind === true) {
			// Links of devices it does not know are left out.
			for (const worker of this.#workers.values()) worker.kick();
		}
	}

	/** Nothing that was learnt of CSM counts any more. */
	#reconcileAll(): void {
		this.#peer.forget();
		for (const worker of this.#workers.values()) worker.forget();
		for (const worker of this.#workers.values()) worker.kick();
	}

	/** Many graphs may find out at once; a CSM that loses graphs all the time is not asked all the time. */
	#onLost(): void {
		if (this.#cancelForgetting !== undefined) return;
		const now = this.#clock.now();
		if (now - this.#lastLossAt > QUIET_MS) this.#lossPauseMs = 0;
		this.#lastLossAt = now;
		this.#cancelForgetting = this.#clock.after(this.#lossPauseMs, () => {
			this.#cancelForgetting = undefined;
			this.#reconcileAll();
			this.#directory.attach();
		});
		this.#lossPauseMs = Math.min(
			LONGEST_LOSS_PAUSE_MS,
			2 * this.#lossPauseMs || FIRST_LOSS_PAUSE_MS,
		);
	}

	#onChange(graph: string): void {
		const worker = this.#workers.get(graph);
		if (worker?.isSuperfluous) {
			// A pause it had planned would wake it beside another one of the same graph.
			worker.stop();
			this.#workers.delete(graph);
			for (const listener of this.#goneListeners) listener(graph);
			// It has made room for one.
			[...this.#workers.values()].find(({ isRefused }) => isRefused)?.askAgain();
		}
		this.#tell(graph);
	}

	#tell(graph: string): void {
		for (const listener of this.#listeners) listener(graph);
	}

	async #othersAdded(graph: string, names: ReadonlySet<string>): Promise<void> {
		const others = [...this.#workers].filter(([id]) => id !== graph);
		await Promise.all(others.map(([, worker]) => worker.added(names)));
	}

	#planAudit(): void {
		this.#audit = this.#clock.after(AUDIT_MS, () => {
			void this.#auditNext();
			this.#planAudit();
		});
	}

	/** One graph after another, so that many projects cost no more than few. */
	async #auditNext(): Promise<void> {
		const graphs = [...this.#workers.keys()];
		const next = graphs[(graphs.indexOf(this.#lastAudited ?? "") + 1) % graphs.length];
		this.#lastAudited = next;
		if (next !== undefined) await this.#workers.get(next)?.audit();
	}
}
