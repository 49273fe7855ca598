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
				...worst(
					of.map(({ graph, key, seat }) => ({ state: byGraph.get(graph)?.links.get(key), seat })),
				),
			})),
			join: joinOf(own, byGraph),
		};
	});
}

const RANKS = { running: 0, applying: 1, failed: 2 } as const;

interface Seen {
	/** Undefined: the reconciler has not heard of it yet, so that it is on its way. */
	readonly state: LinkState | undefined;
	readonly seat: number | null;
}

/** Of a link that is in several graphs, or of several members of a crowd. */
function worst(seen: readonly Seen[]): ProgressView {
	const known = seen.map(({ state }) => state ?? { state: "applying" as const });
	const found = known.reduce((a, b) => (RANKS[b.state] > RANKS[a.state] ? b : a));
	const seats = seen.flatMap(({ seat }, at) =>
		seat !== null && known[at]?.state === found.state ? [seat] : [],
	);
	return found.state === "running" || seats.length === 0 ? found : { ...found, seats };
}

function joinOf(
	wires: readonly Wire[],
	byGraph: ReadonlyMap<string, GraphState>,
): ProgressView | null {
	const seen = [...Map.groupBy(wires, ({ graph }) => graph)].flatMap(([graph, own]): Seen[] => {
		const state = byGraph.get(graph)?.join ?? null;
		const [seat = null, ...others] = new Set(own.map((wire) => wire.seat));
		return state === null ? [] : [{ state, seat: others.length > 0 ? null : seat }];
	});
	return seen.length === 0 ? null : worst(seen);
}
