import type { FunctionUse } from "../../contract/mod.ts";
import { type BuiltFunction, PASS_THROUGH } from "../functions/built-function.ts";
import { joinFunction } from "../functions/wrappers.ts";
import { ActualGraph, type ActualLink, isSameInputType, isSameUse } from "./actual.ts";
import { type GraphSpec, hasJoin, type WantedLink } from "./graph-spec.ts";
import { fieldsOfKey, nameOfKey, type Op, type OpOf } from "./operations.ts";

/** Characters of sources in one request; a longer source goes alone. */
const MAX_CODES_LENGTH = 200_000;

/** What makes one graph as it is wanted: additions first, removals when all graphs have had their additions. */
export interface GraphDiff {
	readonly additions: readonly Op[];
	readonly removals: readonly Op[];
}

/**
 * What makes one graph as it is wanted.
 * @param spec Undefined: it should not be there.
 * @param actual Undefined: it is not there.
 */
export function diffGraph(spec: GraphSpec | undefined, actual: ActualGraph | undefined): GraphDiff {
	if (spec === undefined) return { additions: [], removals: removalOf(actual) };
	const have = actual ?? new ActualGraph();
	const places = placesOf(spec, have);
	const digests = new Sources(have.digests);
	const relinks: Op[] = [];
	const changes: Op[] = [];
	const outputs: Op[] = [];
	for (const want of spec.links) {
		const name = nameOfKey(want.key);
		const link = have.links.get(name);
		if (link === undefined) {
			(want.key.mode === "odf" ? outputs : changes).push(addLink(want, digests));
		} else if (places.again.has(name)) {
			relinks.push(rmLink(link));
			changes.push(addLink(want, digests));
		} else if (!fits(want, link)) changes.push(setFunction(want, link, digests));
	}
	const removals: Op[] = places.unwanted.map(rmLink);
	const join = joinOf(spec, places.slots);
	const setJoin = isSameUse(join.use, have.join) ? [] : [changeJoin(join, have.join, digests)];
	// Slots move when links go; before that the join's function would take the wrong ones.
	const withRemovals = removals.length > 0;
	return {
		additions: [
			...(actual === undefined ? [{ op: "attach" } as const] : []),
			...digests.requests(),
			...relinks,
			...changes,
			...(withRemovals ? [] : setJoin),
			// After the join's function, so that nothing comes out of them that has not been through it.
			...outputs,
		],
		removals: withRemovals ? [...removals, ...setJoin] : [],
	};
}

/** The original's CSM leaves links behind when a graph is detached. */
function removalOf(actual: ActualGraph | undefined): Op[] {
	if (actual === undefined) return [];
	const links = actual.blind ? [...actual.links.values()].map(rmLink) : [];
	return [...links, { op: "detach" }];
}

interface Places {
	/** Links that are there and have to be made again. */
	readonly again: ReadonlySet<string>;
	/** Links that are there and have to go. */
	readonly unwanted: readonly ActualLink[];
	/** Inputs in the order CSM will have them. */
	readonly slots: readonly string[];
}

/** A join without a function hands its slots on in CSM's order, so that this must be the order of `z1 … zn`. */
function placesOf(spec: GraphSpec, have: ActualGraph): Places {
	const wanted = new Map(spec.links.map((want) => [nameOfKey(want.key), want]));
	const order = [...wanted.keys()].filter((name) => wanted.get(name)?.key.mode === "idf");
	const again = new Set<string>();
	const unwanted: ActualLink[] = [];
	const stay = new Set<string>();
	for (const [name, link] of have.links) {
		const want = wanted.get(name);
		if (want === undefined) unwanted.push(link);
		else if (needsNewLink(want, link, have.blind)) again.add(name);
		else if (link.key.mode === "odf") continue;
		else if (!hasJoin(spec) && name !== order[stay.size]) again.add(name);
		else stay.add(name);
	}
	const added = order.filter((name) => !stay.has(name));
	return { again, unwanted, slots: [...stay, ...added] };
}

/** What only `add_link` can set; the original's CSM cannot set "no function" otherwise, whatever else changes. */
function needsNewLink(want: WantedLink, link: ActualLink, blind: boolean): boolean {
	return (
		want.paramNo !== link.paramNo ||
		want.tagParamNo !== link.tagParamNo ||
		(blind && want.func.use.digest === null && !fits(want, link))
	);
}

function fits(want: WantedLink, { func, inputType, key }: ActualLink): boolean {
	const isSame = isSameUse(want.func.use, func);
	return isSame && (key.mode === "odf" || isSameInputType(want.inputType, inputType));
}

/** The function of a join: its text depends on where CSM keeps `z1 … zn`. */
function joinOf(spec: GraphSpec, slots: readonly string[]): BuiltFunction {
	if (!hasJoin(spec)) return PASS_THROUGH;
	const slotOf = new Map(slots.map((name, slot) => [name, slot]));
	const order = spec.inputs.flatMap((name) => slotOf.get(name) ?? []);
	const members = new Set([...spec.members].flatMap((name) => slotOf.get(name) ?? []));
	return joinFunction(spec.join ?? undefined, { order, slots: slots.length, members });
}

function addLink(want: WantedLink, sources: Sources): OpOf<"add_link"> {
	const { digest, depends } = sources.need(want.func);
	return {
		op: "add_link",
		...fieldsOfKey(want.key),
		func: digest,
		depends,
		...(want.key.mode === "idf" && { input_type: want.inputType }),
		param_no: want.paramNo,
		tag_param_no: want.tagParamNo,
	};
}

function rmLink({ key }: ActualLink): OpOf<"rm_link"> {
	return { op: "rm_link", ...fieldsOfKey(key) };
}

function setFunction(want: WantedLink, link: ActualLink, sources: Sources): OpOf<"set_df_func"> {
	const { digest, depends } = sources.need(want.func);
	return {
		op: "set_df_func",
		...fieldsOfKey(want.key),
		prev: link.func.digest,
		new: digest,
		depends,
		...(want.key.mode === "idf" && { input_type: want.inputType }),
	};
}

function changeJoin(join: BuiltFunction, before: FunctionUse, sources: Sources): OpOf<"set_join"> {
	const { digest, depends } = sources.need(join);
	return { op: "set_join", prev: before.digest, new: digest, depends };
}

/** Sources that operations need and CSM has not been given for this graph. */
class Sources {
	readonly #known: ReadonlySet<string>;
	readonly #missing = new Map<string, string>();

	constructor(known: ReadonlySet<string>) {
		this.#known = known;
	}

	need({ use, sources }: BuiltFunction): FunctionUse {
		for (const [digest, code] of sources) {
			if (!this.#known.has(digest)) this.#missing.set(digest, code);
		}
		return use;
	}

	requests(): OpOf<"add_funcs">[] {
		const groups: { codes: string[]; digests: string[]; length: number }[] = [];
		for (const [digest, code] of this.#missing) {
			let group = groups.at(-1);
			if (group === undefined || group.length + code.length > MAX_CODES_LENGTH) {
				group = { codes: [], digests: [], length: 0 };
				groups.push(group);
			}
			group.codes.push(code);
			group.digests.push(digest);
			group.length += code.length;
		}
		return groups.map(({ codes, digests }) => ({ op: "add_funcs", codes, digests }));
	}
}
