import type { ProjectDocument } from "../../contract/mod.ts";
import { Retry } from "../../csm-client/mod.ts";
import { type Clock, KeyedQueue, type Logger, messageOf } from "../../kit/mod.ts";
import type { UserFunction } from "../functions/built-function.ts";
import { desiredGraphs } from "../plan/desired.ts";
import type { GraphSpec } from "../plan/graph-spec.ts";
import { functionsUsed } from "../projects/functions-used.ts";
import type { CcmStore, CcmTables, GraphAtCsm } from "../store/port.ts";
import { UnreadableRowError } from "../store/unreadable-row.ts";
import type { Reconciler } from "./reconciler.ts";

export interface ProjectDriverDeps {
	readonly store: CcmStore;
	readonly reconciler: Reconciler;
	/** A project with its simulated devices bound; without it there are none. */
	readonly simulated?: (project: ProjectDocument) => ProjectDocument;
	readonly clock: Clock;
	readonly log: Logger;
}

/** Tells the reconciler what projects want, whenever one of them has changed. What fails is tried again. */
export class ProjectDriver {
	readonly #deps: ProjectDriverDeps;
	readonly #turns = new KeyedQueue();
	/** Graphs each project wants. */
	readonly #wanted = new Map<number, ReadonlySet<string>>();
	/** Graphs the store has. */
	#kept = new Map<string, GraphAtCsm>();
	/** What is to be done again, by what it is about. */
	readonly #failed = new Map<string, () => Promise<void>>();
	readonly #retry: Retry;
	#stopped = false;

	constructor(deps: ProjectDriverDeps) {
		this.#deps = deps;
		this.#retry = new Retry(deps.clock, () => this.#runFailed());
		// Once: a start whose store fails is tried again.
		deps.reconciler.onGone((graph) => this.#onGone(graph));
		deps.reconciler.keepBy((graph) => this.#keep(graph));
	}

	/**
	 * Brings all projects to the reconciler, and what CSM may still have of those that are gone.
	 * @throws when the store cannot be read.
	 */
	async start(): Promise<void> {
		const { store, reconciler } = this.#deps;
		const { ids, graphs } = await store.read(async (tables) => ({
			ids: (await tables.projects.heads()).map(({ p_id }) => p_id),
			graphs: await tables.graphs.list(),
		}));
		this.#kept = new Map(graphs.map((one) => [one.graph, one]));
		reconciler.recall(graphs);
		for (const pId of ids) this.changed(pId);
		await this.idle();
	}

	/** To be called when a project was changed or deleted, or a function it uses. */
	changed(pId: number): void {
		this.#run(`project ${pId}`, () => this.#update(pId));
	}

	/** How many projects there are, and of these have graphs at CSM. */
	get counts(): { readonly projects: number; readonly running: number } {
		const wanted = [...this.#wanted.values()];
		return { projects: wanted.length, running: wanted.filter(({ size }) => size > 0).length };
	}

	/** Resolves when the reconciler knows of all changes so far, but for those that wait for the store. */
	idle(): Promise<void> {
		return this.#turns.idle();
	}

	/** Tells nothing more, and resolves when nothing is in progress. */
	async stop(): Promise<void> {
		this.#stopped = true;
		this.#retry.reset();
		await this.idle();
	}

	#run(what: string, work: () => Promise<void>): void {
		void this.#turns.run("projects", async () => {
			if (this.#stopped) return;
			try {
				await work();
				this.#failed.delete(what);
				if (this.#failed.size === 0) this.#retry.reset();
			} catch (error) {
				const fields = { what, reason: messageOf(error) };
				// A store that fails does so for many projects, again and again: once is enough to say so.
				const level = this.#failed.size === 0 ? "error" : "debug";
				this.#deps.log[level]("cannot tell CSM of a project, trying again", fields);
				this.#failed.set(what, work);
				if (!this.#stopped) this.#retry.failed();
			}
		});
	}

	#runFailed(): void {
		for (const [what, work] of [...this.#failed]) this.#run(what, work);
	}

	async #update(pId: number): Promise<void> {
		const { store, reconciler, simulated = (project) => project } = this.#deps;
		const specs = await store.read((tables) => specsOf(tables, pId, simulated)).catch(ifReadable);
		// Its graphs stay as they are until it is deleted, or the program starts again.
		if (specs === "unreadable") return;
		const graphs = new Set(specs?.map(({ graph }) => graph));
		const missing = [...graphs].filter((graph) => !this.#kept.has(graph));
		// Kept before CSM hears of it: whatever happens then, it will be removed one day.
		if (missing.length > 0) {
			await this.#put(missing.map((graph) => ({ graph, links: [], settled: "" })));
		}
		this.#wanted.set(pId, graphs);
		if (specs === undefined) {
			this.#wanted.delete(pId);
			reconciler.remove(pId);
		} else reconciler.update(pId, specs);
	}

	/** @throws when the store does not take it. */
	async #keep(graph: GraphAtCsm): Promise<void> {
		if (!Bun.deepEquals(this.#kept.get(graph.graph), graph)) await this.#put([graph]);
	}

	async #put(graphs: readonly GraphAtCsm[]): Promise<void> {
		await this.#deps.store.write(async (tables) => {
			for (const one of graphs) await tables.graphs.put(one);
		});
		for (const one of graphs) this.#kept.set(one.graph, one);
	}

	#onGone(graph: string): void {
		this.#run(`graph ${graph}`, async () => {
			// It may have been wanted again meanwhile.
			if ([...this.#wanted.values()].some((graphs) => graphs.has(graph))) return;
			await this.#deps.store.write((tables) => tables.graphs.remove({ graph }));
			this.#kept.delete(graph);
		});
	}
}

/** The store has named the row; trying again does not make it readable. */
function ifReadable(error: unknown): "unreadable" {
	if (error instanceof UnreadableRowError) return "unreadable";
	throw error;
}

/** What a project wants; undefined: there is no such project. */
async function specsOf(
	tables: CcmTables,
	pId: number,
	simulated: (project: ProjectDocument) => ProjectDocument,
): Promise<GraphSpec[] | undefined> {
	const project = await tables.projects.get(pId);
	if (project === undefined) return undefined;
	const functions = new Map<number, UserFunction>();
	for (const fnId of functionsUsed(project)) {
		const fn = await tables.functions.get(fnId);
		const code = fn?.versions.at(-1)?.code;
		if (fn !== undefined && code !== undefined) {
			functions.set(fnId, { fn_id: fnId, fn_name: fn.fn_name, code });
		}
	}
	return desiredGraphs(simulated(project), (fnId) => functions.get(fnId));
}
