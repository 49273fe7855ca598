import { expect, test } from "bun:test";
import { groupsOf } from "../../../../../src/web/editor/screens/functions/function-groups.ts";

const fn = (fn_name: string, uId: number | null) => ({
	...{ fn_id: 1, fn_name, is_protect: false, may_change: true, date: "", uses: 0 },
	owner: uId === null ? null : { u_id: uId, u_name: `user ${uId}` },
});

test("functions are listed by whose they are, each group by name, narrowed down by a part of it", () => {
	const all = [fn("x1", null), fn("tint", 1), fn("dim", 1), fn("Bright", 1), fn("spy", 2)];
	const told = (search: string) =>
		groupsOf(all, { uId: 1, search }).map(({ id, functions }) => [
			id,
			...functions.map(({ fn_name }) => fn_name),
		]);
	expect(told("")).toEqual([
		["own", "Bright", "dim", "tint"],
		["system", "x1"],
		["others", "spy"],
	]);
	expect(told(" I")).toEqual([["own", "Bright", "dim", "tint"]]);
	expect(told("none")).toEqual([]);
});
