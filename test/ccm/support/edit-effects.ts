import type { ProjectDocument } from "../../../src/contract/mod.ts";

/** An operation and what it is asked for. */
export interface Wish {
	readonly name: string;
	readonly input: Readonly<Record<string, unknown>>;
}

/** Whether a document is as it is once a wish is carried out. */
export function hasEffect(
	{ name, input }: Wish,
	before: ProjectDocument,
	after: ProjectDocument,
): boolean {
	const join = after.joins.find(({ na_id }) => na_id === input.na_id);
	const block = after.blocks.find(({ do_id }) => do_id === input.do_id);
	const link = join?.links.find(({ dfo_id }) => dfo_id === input.dfo_id);
	switch (name) {
		case "create_na":
			return after.joins.some(({ na_idx }) => na_idx === input.na_idx);
		case "delete_na":
			return join === undefined;
		case "update_na":
			return hasJoin(input, join);
		case "create_link":
			return link !== undefined;
		case "delete_link":
			return link === undefined;
		case "bind_device":
			return block?.bindings[0]?.mac_addr === input.d_id;
		case "unbind_device":
			return block?.bindings.length === 0;
		case "create_device_object":
			return after.blocks.length === before.blocks.length + 1;
		case "update_device_object":
			return Bun.deepEquals(block?.ports.map(({ df_name }) => df_name).sort(), sorted(input.df));
		case "delete_device_object":
			return block === undefined;
		case "update_project":
			return after.status === input.status;
		case "update_function":
			return Bun.deepEquals(after, before);
		default:
			throw new Error(`nothing is known of the effect of ${name}`);
	}
}

function sorted(names: unknown): unknown[] {
	return Array.isArray(names) ? names.toSorted() : [];
}

interface LinkUpdate {
	readonly dfo_id: number;
	readonly dfmp_list: readonly { readonly param_i: number }[];
}

function hasJoin(
	{ multiplejoin_fn_id, dfm_list }: Wish["input"],
	join: ProjectDocument["joins"][number] | undefined,
): boolean {
	if (join === undefined) return false;
	if (multiplejoin_fn_id !== undefined) return join.fn_id === multiplejoin_fn_id;
	const updates: readonly LinkUpdate[] = Array.isArray(dfm_list) ? dfm_list : [];
	return updates.every(({ dfo_id, dfmp_list }) => {
		const link = join.links.find((one) => one.dfo_id === dfo_id);
		return dfmp_list.every(({ param_i, ...values }) =>
			Bun.deepEquals({ ...link?.params[param_i] }, { ...link?.params[param_i], ...values }),
		);
	});
}
