import type { Block, Join, Link, LinkKey, Port, ProjectDocument } from "../../contract/mod.ts";
import type { BuiltFunction, UserFunction } from "../functions/built-function.ts";
import { inputFunction, outputFunction } from "../functions/wrappers.ts";
import { type Membership, membershipsOf } from "./crowds.ts";
import type { GraphSpec, WantedLink } from "./graph-spec.ts";
import { nameOfKey } from "./operations.ts";

/** The function in force for an id; undefined: there is none. */
export type FunctionLookup = (fnId: number) => UserFunction | undefined;

interface Place {
	readonly block: Block;
	readonly port: Port;
}

/**
 * The graphs a project wants: one for each join while it is on, none else. Links of blocks without a device are left
 * out; one whose device is away or unknown to CSM stays (`csm.md §4.4` keeps it for the device).
 */
export function desiredGraphs(project: ProjectDocument, functions: FunctionLookup): GraphSpec[] {
	if (project.status === "off") return [];
	const places = new Map<number, Place>();
	for (const block of project.blocks) {
		for (const port of block.ports) places.set(port.dfo_id, { block, port });
	}
	return project.joins.flatMap((join) =>
		membershipsOf(join).map((membership) => graphOf(join, membership, places, functions)),
	);
}

function graphOf(
	join: Join,
	membership: Membership,
	places: ReadonlyMap<number, Place>,
	functions: FunctionLookup,
): GraphSpec {
	const links = new Map<string, WantedLink>();
	const inputs: string[] = [];
	let inputCount = 0;
	const linked = join.links.flatMap((link) => {
		const place = places.get(link.dfo_id);
		return place === undefined ? [] : [{ link, ...place }];
	});
	const ofType = (type: Port["df_type"]) => linked.filter(({ port }) => port.df_type === type);
	for (const { link, block, port } of [...ofType("input"), ...ofType("output")]) {
		const isInput = port.df_type === "input";
		if (isInput) inputCount += 1;
		const daId = membership.device(block);
		if (daId === undefined) continue;
		const key: LinkKey = { daId, mode: isInput ? "idf" : "odf", feature: port.df_name };
		const name = nameOfKey(key);
		if (isInput) inputs.push(name);
		// One key is one link, whatever is asked for a second time.
		if (!links.has(name)) links.set(name, wantedLink(key, link, port, functions));
	}
	const fn = join.fn_id === null || inputCount < 2 ? undefined : functions(join.fn_id);
	return { graph: membership.graph, links: [...links.values()], inputs, join: fn ?? null };
}

function wantedLink(key: LinkKey, link: Link, port: Port, functions: FunctionLookup): WantedLink {
	const isInput = key.mode === "idf";
	const params = link.params.slice(0, port.param_no);
	return {
		key,
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
