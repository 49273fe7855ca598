import type { IdfType, LinkKey } from "../../contract/mod.ts";
import type { BuiltFunction, UserFunction } from "../functions/built-function.ts";

/** A link as a project wants it. */
export interface WantedLink {
	readonly key: LinkKey;
	readonly func: BuiltFunction;
	/** One entry for each parameter; empty for outputs. */
	readonly inputType: readonly IdfType[];
	readonly paramNo: number;
	readonly tagParamNo: number;
}

/** A graph of CSM as a project wants it. */
export interface GraphSpec {
	readonly graph: string;
	/** Inputs in the order of `z1 … zn`, then outputs; each key once. */
	readonly links: readonly WantedLink[];
	/**
	 * Names of the keys that are `z1 … zn`. A name is there twice where two inputs of the join are the same feature of
	 * one device: CSM links a key once to a graph.
	 */
	readonly inputs: readonly string[];
	/** Those of them that are members of a crowd: the join gets no value of one that has not sent any. */
	readonly members: ReadonlySet<string>;
	/** The join function where it is in force. */
	readonly join: UserFunction | null;
}

/** Whether the join has a function at CSM, chosen by people or not. */
export function hasJoin({ join, members }: GraphSpec): boolean {
	return join !== null || members.size > 0;
}
