import type { ActualGraph } from "../plan/actual.ts";
import { diffGraph, type GraphDiff } from "../plan/diff.ts";
import type { GraphSpec, WantedLink } from "../plan/graph-spec.ts";
import { nameOfKey, type Op } from "../plan/operations.ts";
import { linkOf, type Refusals } from "./refusals.ts";

/**
 * What is to be done for a graph and has not been refused.
 * @param isReachable Whether CSM can be asked for a link at all.
 */
export function openSteps(
	spec: GraphSpec | undefined,
	actual: ActualGraph | undefined,
	refusals: Refusals,
	isReachable: (link: WantedLink) => boolean,
): GraphDiff {
	if (spec === undefined) return diffGraph(spec, actual);
	// A graph that CSM has no room for.
	const isAttachable = actual !== undefined || refusals.reasonFor({ op: "attach" }) === undefined;
	if (!isAttachable) return { additions: [], removals: [] };
	const reachable = { ...spec, links: spec.links.filter(isReachable) };
	const isRefused = (op: Op) => refusals.reasonFor(op) !== undefined;
	const first = diffGraph(reachable, actual);
	const without = new Set(
		first.additions.filter((op) => op.op === "add_link" && isRefused(op)).map(linkOf),
	);
	// The join's function counts the inputs there are.
	const links = reachable.links.filter(({ key }) => !without.has(nameOfKey(key)));
	const second = without.size === 0 ? first : diffGraph({ ...reachable, links }, actual);
	const isOpen = (op: Op) => !isRefused(op);
	return {
		additions: second.additions.filter(isOpen),
		removals: second.removals.filter(isOpen),
	};
}

/** Names of the links that removals take away; all of the graph's where it is detached. */
export function namesReleased(
	removals: readonly Op[],
	actual: ActualGraph | undefined,
): ReadonlySet<string> {
	const isWhole = removals.some(({ op }) => op === "detach");
	const names = isWhole ? [...(actual?.links.keys() ?? [])] : removals.map(linkOf);
	return new Set(names.filter((name) => name !== undefined));
}
