import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { FunctionUse, LinkKey } from "../../contract/mod.ts";
import { keyOfFields, nameOfKey, type Op } from "./operations.ts";

/** A link as CSM has it. */
export interface ActualLink {
	readonly key: LinkKey;
	readonly func: FunctionUse;
	/** One entry for each parameter that has one; empty: all are samples. */
	readonly inputType: readonly string[];
	readonly paramNo: number | null;
	readonly tagParamNo: number;
	/** Why CSM cannot use its function; null: it can, or says nothing about it. */
	readonly error: string | null;
}

const NO_FUNCTION: FunctionUse = { digest: null, depends: {} };
/** The join of a graph whose CSM cannot tell which it is; equal to none that is wanted. */
export const UNKNOWN_JOIN: FunctionUse = { digest: "unknown", depends: {} };

/** A graph as CSM has it, as far as its answers tell. */
export class ActualGraph {
	/** In slot order, by the key's name. */
	readonly links = new Map<string, ActualLink>();
	/** Sources CSM has taken for this graph. */
	readonly digests = new Set<string>();
	join: FunctionUse = NO_FUNCTION;

	/** @param blind Whether CSM cannot tell what a graph holds: it has no `get_graph`. */
	constructor(readonly blind = false) {}

	/** Notes an operation that CSM carried out. `attach` and `detach` are its owner's to note. */
	apply(op: Op): void {
		switch (op.op) {
			case "attach":
			case "detach":
				return;
			case "add_funcs":
				for (const digest of op.digests) this.digests.add(digest);
				return;
			case "set_join":
				this.join = { digest: op.new, depends: op.depends };
				return;
			case "add_link":
			case "rm_link":
			case "set_df_func":
				this.#applyToLink(op);
		}
	}

	#applyToLink(op: Extract<Op, { da_id: string }>): void {
		const key = keyOfFields(op);
		if (key === undefined) return;
		const name = nameOfKey(key);
		if (op.op === "rm_link") {
			this.links.delete(name);
			return;
		}
		const { depends, input_type } = op;
		if (op.op === "add_link") {
			this.links.set(name, {
				key,
				func: { digest: op.func, depends },
				inputType: input_type ?? [],
				paramNo: op.param_no,
				tagParamNo: op.tag_param_no,
				error: null,
			});
			return;
		}
		const link = this.links.get(name);
		if (link === undefined) return;
		const inputType = input_type ?? link.inputType;
		this.links.set(name, { ...link, func: { digest: op.new, depends }, inputType, error: null });
	}
}

const Digest = Type.Union([Type.String(), Type.Null()]);
const Depends = Type.Optional(Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()]));
const GraphReply = Type.Object({
	links: Type.Array(
		Type.Object({
			da_id: Type.String(),
			idf: Type.Optional(Type.String()),
			odf: Type.Optional(Type.String()),
			func: Type.Optional(Digest),
			depends: Depends,
			input_type: Type.Optional(Type.Unknown()),
			param_no: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
			tag_param_no: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
			error: Type.Optional(Type.Union([Type.String(), Type.Null()])),
		}),
	),
	join: Type.Object({ func: Type.Optional(Digest), depends: Depends }),
});

/** Reads the answer to `get_graph` (`csm.md §4.9`); undefined when it is not of that shape. */
export function readGraph(reply: unknown): ActualGraph | undefined {
	if (!Value.Check(GraphReply, reply)) return undefined;
	const graph = new ActualGraph();
	for (const entry of reply.links) {
		const { da_id, idf, odf, func = null, depends, param_no = null, tag_param_no } = entry;
		const key = keyOfFields({
			da_id,
			...(idf !== undefined && { idf }),
			...(odf !== undefined && { odf }),
		});
		if (key === undefined) return undefined;
		graph.links.set(nameOfKey(key), {
			key,
			func: { digest: func, depends: depends ?? {} },
			inputType: readInputType(entry, param_no ?? 0),
			paramNo: param_no,
			tagParamNo: tag_param_no ?? 0,
			error: entry.error ?? null,
		});
	}
	graph.join = { digest: reply.join.func ?? null, depends: reply.join.depends ?? {} };
	return graph;
}

function readInputType(
	{ input_type }: Static<typeof GraphReply>["links"][number],
	paramNo: number,
): string[] {
	// One text counts for every parameter (`csm.md §5.1`).
	if (typeof input_type === "string") return Array.from({ length: paramNo }, () => input_type);
	return Array.isArray(input_type) ? input_type.map(String) : [];
}

/** Whether two uses are of the same function with the same helpers. */
export function isSameUse(a: FunctionUse, b: FunctionUse): boolean {
	const names = Object.keys(a.depends);
	return (
		a.digest === b.digest &&
		names.length === Object.keys(b.depends).length &&
		names.every((name) => a.depends[name] === b.depends[name])
	);
}

/** Whether two lists of kinds say the same; what a list leaves out is a sample. */
export function isSameInputType(a: readonly string[], b: readonly string[]): boolean {
	const length = Math.max(a.length, b.length);
	for (let i = 0; i < length; i++) {
		if ((a[i] ?? "sample") !== (b[i] ?? "sample")) return false;
	}
	return true;
}

/** Whether two have the same links in the same slots, with the same functions, and the same join. */
export function isSameGraph(a: ActualGraph, b: ActualGraph): boolean {
	const text = ({ links, join }: ActualGraph) =>
		JSON.stringify([
			[...links.values()].map(({ key, func, error }) => [nameOfKey(key), func.digest, error]),
			join.digest,
		]);
	return text(a) === text(b);
}
