import { KeyedQueue, type Logger, messageOf } from "../../kit/mod.ts";
import { desiredGraphs } from "../plan/desired.ts";
import type { GraphSpec } from "../plan/graph-spec.ts";
import type { CcmStore, CcmTables } from "../store/port.ts";
import type { Reconciler } from "./reconciler.ts";

export interface ProjectDriverDeps {
	readonly store: CcmStore;
	readonly reconciler: Reconciler;
	readonly log: Logger;
}

/** Tells the reconciler what projects want, whenever one of them has changed. */
export class ProjectDriver {
	readonly #deps: ProjectDriverDeps;
	readonly #turns = new KeyedQueue();
	/** Graphs each project wants. */
	readonly #wanted = new Map<number, ReadonlySet<string>>();

	constructor(deps: ProjectDriverDeps) {
		this.#deps = deps;
	}

	/** Brings all projects to the reconciler, and what CSM may still have of those that are gone. */
	async start(): Promise<void> {
		const { store, reconciler } = this.#deps;
		reconciler.onGone((graph) => this.#onGone(graph));
		const { projects, graphs } = await store.read(async (tables) => ({
			projects: await tables.projects.list(),
			graphs: await tables.graphs.list(),
		}));
		reconciler.recall(graphs.map(({ graph }) => graph));
		for (const { p_id } of projects) this.changed(p_id);
		await this.idle();
	}

	/** To be called when a project was changed or deleted, or a function it uses. */
	changed(pId: number): void {
		this.#run(() => this.#update(pId));
	}

	/** Resolves when the reconciler knows of all changes so far. */
	idle(): Promise<void> {
		return this.#turns.idle();
	}

	#run(work: () => Promise<void>): void {
		void this.#turns
			.run("projects", work)
			.catch((error: unknown) =>
				this.#deps.log.error("cannot tell CSM of a project", { reason: messageOf(error) }),
			);
	}

	async #update(pId: number): Promise<void> {
		const { store, reconciler } = this.#deps;
		const specs = await store.read((tables) => specsOf(tables, pId));
		const graphs = new Set(specs?.map(({ graph }) => graph));
		const before = this.#wanted.get(pId) ?? new Set();
		const added = [...graphs].filter((graph) => !before.has(graph));
		if (added.length > 0) {
			// Kept before CSM hears of it: whatever happens then, it will be removed one day.
			await store.write(async (tables) => {
				for (const graph of added) await tables.graphs.add({ graph });
			});
		}
		this.#wanted.set(pId, graphs);
		if (specs === undefined) {
			this.#wanted.delete(pId);
			reconciler.remove(pId);
		} else reconciler.update(pId, specs);
	}

	#onGone(graph: string): void {
		this.#run(async () => {
			// It may have been wanted again meanwhile.
			if ([...this.#wanted.values()].some((graphs) => graphs.has(graph))) return;
			await this.#deps.store.write((tables) => tables.graphs.remove({ graph }));
		});
	}
}

/** What a project wants; undefined: there is no such project. */
async function specsOf(tables: CcmTables, pId: number): Promise<GraphSpec[] | undefined> {
	const project = await tables.projects.get(pId);
	if (project === undefined) return undefined;
	const functions = new Map((await tables.functions.list()).map((fn) => [fn.fn_id, fn]));
	return desiredGraphs(project, (fnId) => {
		const fn = functions.get(fnId);
		const code = fn?.versions.at(-1)?.code;
		return fn === undefined || code === undefined ? undefined : { ...fn, code };
	});
}
