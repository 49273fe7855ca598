import type {
	Block,
	FeatureType,
	Join,
	Port,
	ProjectDocument,
} from "../../../../src/contract/mod.ts";

/** A port whose `dfo_id` and `df_id` are the same. */
export function port(dfo_id: number, df_type: FeatureType, more: Partial<Port> = {}): Port {
	const name = `${df_type}-${dfo_id}`;
	const rest = { alias_name: name, param_no: 1, tags: [], tag_param_no: 0 };
	return { dfo_id, df_id: dfo_id, df_name: name, df_type, ...rest, ...more };
}

export function block(do_id: number, ports: Port[], more: Partial<Block> = {}): Block {
	return { do_id, dm_id: 1, dm_name: `Model ${do_id}`, seats: null, bindings: [], ports, ...more };
}

/** A join of ports, in the place of its id. */
export function join(na_id: number, dfoIds: readonly number[], more: Partial<Join> = {}): Join {
	const links = dfoIds.map((dfo_id) => ({ dfo_id, params: [] }));
	const rest = { na_name: `Join ${na_id}`, na_idx: na_id, fn_id: null, crowd: "each" as const };
	return { na_id, links, ...rest, ...more };
}

export function project(blocks: Block[], joins: Join[] = []): ProjectDocument {
	const rest = { p_name: "p", u_id: 1, rev: 1, status: "on" as const, sim: "off" as const };
	return { p_id: 1, ...rest, blocks, joins };
}
