import type { Join, Link, LinkKey, Port, ProjectDocument } from "../../contract/mod.ts";
import type { BuiltFunction, UserFunction } from "../functions/built-function.ts";
import { inputFunction, outputFunction } from "../functions/wrappers.ts";
import { type PlacedPort, type Ports, portsOf } from "../projects/lookup.ts";
import { isTogether, type Membership, membershipsOf } from "./crowds.ts";
import type { GraphSpec, WantedLink } from "./graph-spec.ts";
import { nameOfKey } from "./operations.ts";

/** The function in force for an id; undefined: there is none. */
export type FunctionLookup = (fnId: number) => UserFunction | undefined;

/**
 * The graphs a project wants: one for each join while it is on, none else. Links of blocks without a device are left
 * out; one whose device is away or unknown to CSM stays (`csm.md §4.4` keeps it for the device).
 */
export function desiredGraphs(project: ProjectDocument, functions: FunctionLookup): GraphSpec[] {
	if (project.status === "off") return [];
	const ports = portsOf(project);
	return project.joins.flatMap((join) => {
		const parts = partsOf(join, ports, functions);
		return membershipsOf(join, ports).map((membership) => graphOf(parts, membership));
	});
}

/** A link of a join, with what is the same in all of the join's graphs. */
interface Part {
	readonly place: PlacedPort;
	readonly want: Omit<WantedLink, "key">;
}

/** What the graphs of a join have in common. */
interface Parts {
	/** Inputs first. */
	readonly links: readonly Part[];
	readonly join: UserFunction | null;
	/** Whether members of crowds are inputs of one graph. */
	readonly isTogether: boolean;
}

function partsOf(join: Join, ports: Ports, functions: FunctionLookup): Parts {
	const linked = join.links.flatMap((link) => {
		const place = ports.get(link.dfo_id);
		return place === undefined ? [] : [{ place, want: wantedLink(link, place.port, functions) }];
	});
	const ofType = (type: Port["df_type"]) =>
		linked.filter(({ place }) => place.port.df_type === type);
	const inputs = ofType("input");
	const together = isTogether(join, ports);
	const isInForce = inputs.length > 1 || together;
	const fn = join.fn_id === null || !isInForce ? undefined : functions(join.fn_id);
	return {
		links: [...inputs, ...ofType("output")],
		join: fn ?? null,
		isTogether: together,
	};
}

function graphOf(parts: Parts, { graph, devices }: Membership): GraphSpec {
	const links = new Map<string, WantedLink>();
	const inputs: string[] = [];
	const members = new Set<string>();
	for (const { place, want } of parts.links) {
		const { block, port } = place;
		const mode = port.df_type === "input" ? "idf" : "odf";
		for (const daId of devices(block)) {
			const key: LinkKey = { daId, mode, feature: port.df_name };
			const name = nameOfKey(key);
			if (mode === "idf") inputs.push(name);
			if (mode === "idf" && parts.isTogether && block.seats !== null) members.add(name);
			// One key is one link, whatever is asked for a second time.
			if (!links.has(name)) links.set(name, { key, ...want });
		}
	}
	return { graph, links: [...links.values()], inputs, members, join: parts.join };
}

function wantedLink(link: Link, port: Port, functions: FunctionLookup): Omit<WantedLink, "key"> {
	const isInput = port.df_type === "input";
	const params = link.params.slice(0, port.param_no);
	return {
		func: isInput ? inputOf(link, functions) : outputOf(link, port, functions),
		inputType: isInput ? params.map(({ idf_type }) => idf_type) : [],
		paramNo: port.param_no,
		tagParamNo: port.tag_param_no,
	};
}

/** Of an input only the first parameter's function counts (`ccm-gui.md §2`). */
function inputOf(link: Link, functions: FunctionLookup): BuiltFunction {
	return inputFunction(chosen(link.params[0]?.fn_id, functions));
}

function outputOf(link: Link, port: Port, functions: FunctionLookup): BuiltFunction {
	return outputFunction(
		link.params.slice(0, port.param_no).map(({ fn_id, min, max, normalization }) => ({
			fn: chosen(fn_id, functions),
			range: normalization && min !== max ? { min, max } : undefined,
		})),
	);
}

function chosen(
	fnId: number | null | undefined,
	functions: FunctionLookup,
): UserFunction | undefined {
	return fnId === null || fnId === undefined ? undefined : functions(fnId);
}
