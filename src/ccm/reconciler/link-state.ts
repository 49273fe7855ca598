import type { ActualGraph } from "../plan/actual.ts";
import { diffGraph } from "../plan/diff.ts";
import { type GraphSpec, hasJoin } from "../plan/graph-spec.ts";
import { nameOfKey, type Op } from "../plan/operations.ts";
import { linkOf, type Refusals } from "./refusals.ts";

/** How far something a project wants has come at CSM. */
export type LinkState =
	/** On its way; `reason`: why it takes longer. */
	| { readonly state: "applying"; readonly reason?: string }
	| { readonly state: "running" }
	/** CSM refuses it, in its own or Python's words. */
	| { readonly state: "failed"; readonly reason: string };

/** States of a graph and what it is made of. */
export interface GraphState {
	readonly graph: string;
	/** By the name of the key (see `nameOfKey`). */
	readonly links: ReadonlyMap<string, LinkState>;
	/** Of the join function; null: there is none. */
	readonly join: LinkState | null;
	/** Names of the inputs' keys in the order of CSM's slots; undefined: it is not known. */
	readonly slots?: readonly string[];
}

/** How many links and joins of some graphs CSM refuses. */
export function failuresIn(states: readonly GraphState[]): number {
	const all = states.flatMap(({ links, join }) => [...links.values(), ...(join ? [join] : [])]);
	return all.filter(({ state }) => state === "failed").length;
}

/** What is known of a graph. */
export interface Knowledge {
	readonly spec: GraphSpec | undefined;
	readonly actual: ActualGraph | undefined;
	/** False: what is actual has to be found out again. */
	readonly isKnown: boolean;
	readonly refusals: Refusals;
	/** Why something has no answer yet. */
	readonly delay: string | undefined;
}

/** The states of a graph, by what separates it from what is wanted. */
export function stateOfGraph(graph: string, knowledge: Knowledge): GraphState {
	const { spec, actual, isKnown } = knowledge;
	const pending = isKnown ? pendingOps(spec, actual) : undefined;
	const links = spec?.links.map(({ key }): [string, LinkState] => {
		const name = nameOfKey(key);
		return [name, stateOf(name, pending, knowledge)];
	});
	const join = spec === undefined || !hasJoin(spec) ? null : stateOf(undefined, pending, knowledge);
	const isTold = isKnown && actual !== undefined && !actual.blind;
	return { graph, links: new Map(links), join, ...(isTold && { slots: slotsOf(actual) }) };
}

function slotsOf({ links }: ActualGraph): string[] {
	return [...links].flatMap(([name, { key }]) => (key.mode === "idf" ? [name] : []));
}

/** @param name Undefined: of the join. */
function stateOf(
	name: string | undefined,
	pending: ReadonlyMap<string | undefined, Op> | undefined,
	{ actual, refusals, delay }: Knowledge,
): LinkState {
	const whole = pending?.get(WHOLE_GRAPH);
	const unattached = whole && refusals.reasonFor(whole);
	if (unattached !== undefined) return { state: "failed", reason: unattached };
	const op = pending?.get(name);
	const refused = op && refusals.reasonFor(op);
	if (refused !== undefined) return { state: "failed", reason: refused };
	if (pending === undefined || op !== undefined) {
		return { state: "applying", ...(delay !== undefined && { reason: delay }) };
	}
	const error = name === undefined ? undefined : actual?.links.get(name)?.error;
	return error ? { state: "failed", reason: error } : { state: "running" };
}

/** In the place of a link's name: what the whole graph waits for. No key has this name. */
const WHOLE_GRAPH = "";

/** Operations that would change what a link or the join does, by the link's name. */
function pendingOps(
	spec: GraphSpec | undefined,
	actual: ActualGraph | undefined,
): Map<string | undefined, Op> {
	const { additions, removals } = diffGraph(spec, actual);
	const changing = [...additions, ...removals].filter(
		({ op }) => op === "attach" || op === "add_link" || op === "set_df_func" || op === "set_join",
	);
	return new Map(changing.map((op) => [op.op === "attach" ? WHOLE_GRAPH : linkOf(op), op]));
}
