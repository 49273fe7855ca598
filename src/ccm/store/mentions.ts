import type { ProjectDocument } from "../../contract/mod.ts";
import type { Mention } from "./port.ts";

/** All a document mentions, each once, by a text that tells it from the others. */
export function mentionsOf({ blocks, joins }: ProjectDocument): ReadonlyMap<string, Mention> {
	const found = new Map<string, Mention>();
	const add = (mention: Mention) => found.set(`${mention.kind} ${mention.ref}`, mention);
	const addFunction = (ref: number | null) => {
		if (ref !== null) add({ kind: "fn", ref });
	};
	for (const { do_id, dm_id, bindings, ports } of blocks) {
		add({ kind: "do", ref: do_id });
		add({ kind: "dm", ref: dm_id });
		for (const { mac_addr } of bindings) add({ kind: "mac", ref: mac_addr.toLowerCase() });
		for (const { dfo_id, df_id } of ports) {
			add({ kind: "dfo", ref: dfo_id });
			add({ kind: "df", ref: df_id });
		}
	}
	for (const { na_id, fn_id, links } of joins) {
		add({ kind: "na", ref: na_id });
		addFunction(fn_id);
		for (const { params } of links) for (const param of params) addFunction(param.fn_id);
	}
	return found;
}

/** Rows of the index by what they mention. */
export function idsByRef(
	rows: readonly { readonly ref: string; readonly p_id: number }[],
): ReadonlyMap<string, readonly number[]> {
	const groups = Map.groupBy(rows, ({ ref }) => ref);
	return new Map([...groups].map(([ref, found]) => [ref, found.map(({ p_id }) => p_id)]));
}
