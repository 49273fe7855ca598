import type { AttachedPage } from "./attached-page.ts";
import { GraphMonitors } from "./graph-monitors.ts";
import type { PageApiDeps } from "./page-ports.ts";

/** Graphs one page watches; beyond these the one it opened first ends. */
const MAX_PER_PAGE = 16;

/** Monitor topics of pages: begun on demand, ended with the page. */
export class PageMonitors {
	readonly #deps: Pick<PageApiDeps, "grant" | "revoke">;
	readonly #graphs: GraphMonitors;

	constructor({ ask, ...deps }: Pick<PageApiDeps, "ask" | "grant" | "revoke">) {
		this.#deps = deps;
		this.#graphs = new GraphMonitors(ask);
	}

	/**
	 * Begins to monitor a graph for a page.
	 * @param isThere Whether the page has not left meanwhile.
	 * @returns the topic; empty: monitoring is not available.
	 */
	async open(page: AttachedPage, graph: string, isThere: () => boolean): Promise<string> {
		const topic = await this.#graphs.watch(graph, page.id);
		if (topic === undefined) {
			this.#forget(page, graph);
			return "";
		}
		if (!isThere()) {
			this.#graphs.leave(graph, page.id);
			return "";
		}
		this.#forget(page, graph);
		page.monitors.set(graph, topic);
		this.#deps.grant(page.id, topic);
		const [oldest] = page.monitors.keys();
		if (page.monitors.size > MAX_PER_PAGE && oldest !== undefined) this.close(page, oldest);
		return topic;
	}

	/** Ends one. */
	close(page: AttachedPage, graph: string): void {
		this.#forget(page, graph);
		this.#graphs.leave(graph, page.id);
	}

	/** Ends all of a page. */
	closeAll(page: AttachedPage): void {
		for (const graph of [...page.monitors.keys()]) this.close(page, graph);
	}

	/** Resolves when CSM has been asked everything. */
	idle(): Promise<void> {
		return this.#graphs.idle();
	}

	#forget(page: AttachedPage, graph: string): void {
		const topic = page.monitors.get(graph);
		if (topic === undefined) return;
		page.monitors.delete(graph);
		this.#deps.revoke(page.id, topic);
	}
}
