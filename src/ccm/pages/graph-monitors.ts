import type { GraphRequest, Outcome } from "../../csm-client/mod.ts";
import { KeyedQueue } from "../../kit/mod.ts";

/** More data records than ten a second are of no use to anyone's eyes (`csm.md §4.9`). */
const INTERVAL_MS = 100;

interface Watched {
	readonly viewers: Set<string>;
	/** As CSM told last. */
	topic: string | undefined;
}

/** Has CSM monitor graphs as long as someone looks at them (`ccm-gui.md §14`). */
export class GraphMonitors {
	readonly #ask: (graph: string, request: GraphRequest) => Promise<Outcome>;
	readonly #graphs = new Map<string, Watched>();
	readonly #turns = new KeyedQueue();

	constructor(ask: (graph: string, request: GraphRequest) => Promise<Outcome>) {
		this.#ask = ask;
	}

	/** @returns the monitor topic; undefined: CSM does not monitor the graph, which may not be there. */
	watch(graph: string, viewer: string): Promise<string | undefined> {
		const watched = this.#graphs.get(graph) ?? { viewers: new Set(), topic: undefined };
		this.#graphs.set(graph, watched);
		watched.viewers.add(viewer);
		return this.#turns.run(graph, async () => {
			const outcome = await this.#ask(graph, { op: "start_monitor", interval_ms: INTERVAL_MS });
			const topic = outcome.kind === "done" ? outcome.reply.monitor_topics : undefined;
			if (typeof topic === "string") {
				watched.topic = topic;
				return topic;
			}
			this.leave(graph, viewer);
			return undefined;
		});
	}

	/** Resolves when CSM has been asked everything. */
	idle(): Promise<void> {
		return this.#turns.idle();
	}

	/** Someone looks no longer; CSM stops after the last one. */
	leave(graph: string, viewer: string): void {
		const watched = this.#graphs.get(graph);
		if (watched?.viewers.delete(viewer) !== true || watched.viewers.size > 0) return;
		void this.#turns.run(graph, async () => {
			if (watched.viewers.size > 0) return;
			this.#graphs.delete(graph);
			if (watched.topic !== undefined) await this.#ask(graph, { op: "stop_monitor" });
		});
	}
}
