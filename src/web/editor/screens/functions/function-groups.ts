import type { FunctionListed } from "../../code/functions-server.ts";

export type GroupId = "own" | "system" | "others";

export interface FunctionGroup {
	readonly id: GroupId;
	readonly functions: readonly FunctionListed[];
}

/** Functions by whose they are, each group by name; groups without any are left out. */
export function groupsOf(
	functions: readonly FunctionListed[],
	{ uId, search }: { readonly uId: number; readonly search: string },
): FunctionGroup[] {
	const wanted = search.trim().toLowerCase();
	const found = functions
		.filter(({ fn_name }) => fn_name.toLowerCase().includes(wanted))
		.sort((one, other) => one.fn_name.localeCompare(other.fn_name));
	const groupOf = ({ owner }: FunctionListed): GroupId =>
		owner === null ? "system" : owner.u_id === uId ? "own" : "others";
	const groups = Map.groupBy(found, groupOf);
	const order: readonly GroupId[] = ["own", "system", "others"];
	return order.flatMap((id) => {
		const functions = groups.get(id);
		return functions === undefined ? [] : [{ id, functions }];
	});
}
