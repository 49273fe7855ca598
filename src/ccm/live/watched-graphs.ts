import type { ProjectDocument } from "../../contract/mod.ts";
import type { GraphState } from "../reconciler/link-state.ts";
import type { GraphMonitors } from "./graph-monitors.ts";
import { readRecord } from "./monitor-record.ts";
import type { NewestValues } from "./newest-values.ts";
import { type Wire, wiresOf } from "./wires.ts";

/** The graphs of one project, watched while it is on and someone looks. */
export class WatchedGraphs {
	readonly #monitors: Pick<GraphMonitors, "watch">;
	readonly #values: NewestValues;
	/** What ends the watching of each. */
	readonly #ends = new Map<string, () => void>();
	#slots: ReadonlyMap<string, readonly string[]> = new Map();
	#wires: readonly Wire[] = [];
	#byGraph: ReadonlyMap<string, readonly Wire[]> = new Map();

	constructor(monitors: Pick<GraphMonitors, "watch">, values: NewestValues) {
		this.#monitors = monitors;
		this.#values = values;
	}

	/** Links of the project, whether it is on or off. */
	get wires(): readonly Wire[] {
		return this.#wires;
	}

	has(graph: string): boolean {
		return this.#byGraph.has(graph);
	}

	/** Notes in which order graphs have their inputs. @returns the same. */
	learn(states: readonly GraphState[]): readonly GraphState[] {
		this.#slots = new Map(
			states.flatMap(({ graph, slots }) => (slots === undefined ? [] : [[graph, slots]])),
		);
		return states;
	}

	/** The project has changed. */
	follow(document: ProjectDocument): void {
		this.#wires = wiresOf(document);
		this.#byGraph = Map.groupBy(this.#wires, ({ graph }) => graph);
		const wanted = document.status === "on" ? this.#byGraph : new Map();
		for (const [graph, end] of this.#ends) {
			if (wanted.has(graph)) continue;
			this.#ends.delete(graph);
			end();
		}
		for (const graph of wanted.keys()) {
			if (!this.#ends.has(graph)) this.#ends.set(graph, this.#watch(graph));
		}
		const keys = new Set(document.joins.flatMap(keysOf));
		this.#values.keep((naId, dfoId) => keys.has(`${naId} ${dfoId}`));
	}

	stop(): void {
		for (const end of this.#ends.values()) end();
		this.#ends.clear();
	}

	#watch(graph: string): () => void {
		return this.#monitors.watch(graph, ({ payload }) => {
			const wires = this.#byGraph.get(graph) ?? [];
			const { values, others, failure } = readRecord(payload, wires, this.#slots.get(graph));
			this.#values.add(values);
			this.#values.addChanged(others);
			if (failure !== undefined) this.#values.addFailure(failure);
		});
	}
}

function keysOf({ na_id, links }: ProjectDocument["joins"][number]): string[] {
	return [`${na_id} null`, ...links.map(({ dfo_id }) => `${na_id} ${dfo_id}`)];
}
