import type { JoinProgressView, ProgressView, ProjectDocument } from "../../contract/mod.ts";
import type { GraphState, LinkState } from "../reconciler/link-state.ts";
import type { Wire } from "./wires.ts";

/** How far the links of a project have come, by join. */
export function progressOf(
	{ joins, status }: ProjectDocument,
	wires: readonly Wire[],
	states: readonly GraphState[],
): JoinProgressView[] {
	if (status === "off") return [];
	const byGraph = new Map(states.map((state) => [state.graph, state]));
	const byJoin = Map.groupBy(wires, ({ na_id }) => na_id);
	return joins.map(({ na_id }) => {
		const own = byJoin.get(na_id) ?? [];
		const links = Map.groupBy(own, ({ dfo_id }) => dfo_id);
		return {
			na_id,
			links: [...links].map(([dfo_id, of]) => ({
				dfo_id,
				...worst(of.map(({ graph, key }) => byGraph.get(graph)?.links.get(key))),
			})),
			join: joinOf([...new Set(own.map(({ graph }) => graph))].map((one) => byGraph.get(one))),
		};
	});
}

const RANKS = { running: 0, applying: 1, failed: 2 } as const;

/** Of a link that is in several graphs. What the reconciler has not heard of yet is on its way. */
function worst(states: readonly (LinkState | undefined)[]): ProgressView {
	const known = states.map((state) => state ?? { state: "applying" as const });
	return known.reduce((a, b) => (RANKS[b.state] > RANKS[a.state] ? b : a));
}

function joinOf(graphs: readonly (GraphState | undefined)[]): ProgressView | null {
	const joins = graphs.flatMap((graph) => graph?.join ?? []);
	return joins.length === 0 ? null : worst(joins);
}
