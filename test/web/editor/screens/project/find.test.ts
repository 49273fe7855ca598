import { describe, expect, test } from "bun:test";
import type { Block } from "../../../../../src/contract/mod.ts";
import { found, MAX_FOUND, partsOf } from "../../../../../src/web/editor/screens/project/find.ts";

const named = (...texts: readonly string[]) => texts.map((text) => ({ text }));
const port = (dfo_id: number, alias_name: string) => ({
	...{ dfo_id, alias_name, df_id: 1, df_name: alias_name, df_type: "input" as const },
	...{ param_no: 1, tags: [], tag_param_no: 0 },
});

describe("found", () => {
	test("puts beginnings before beginnings of words before the rest, and ties in order", () => {
		const entries = named("Xlamp", "Desk lamp", "Lamp 2", "Lamp 1", "Fan");
		expect(found(entries, "lamp").map(({ text }) => text)).toEqual([
			...["Lamp 2", "Lamp 1", "Desk lamp", "Xlamp"],
		]);
	});

	test("needs all words, in any order and also where it is", () => {
		const entries = [{ text: "Color-I1", where: "Class phones" }, { text: "Color-O" }];
		expect(found(entries, " phones  COLOR ")).toEqual(entries.slice(0, 1));
		expect(found(entries, "color x")).toEqual([]);
	});

	test("finds Chinese inside a name", () => {
		expect(found(named("教室溫度計"), "溫度")).toHaveLength(1);
	});

	test("shows no more than can be looked through", () => {
		expect(found(named(...Array(80).fill("a")), "")).toHaveLength(MAX_FOUND);
	});
});

test("parts are blocks with their devices, joins, and ports with their block", () => {
	const block: Block = {
		...{ do_id: 4, dm_id: 1, dm_name: "Lamp", seats: null, bindings: [] },
		ports: [port(9, "Color-O")],
	};
	const join = { na_id: 7, na_name: "dim", na_idx: 0, fn_id: null, links: [] };
	const document = { blocks: [block], joins: [{ ...join, crowd: "each" as const }] };
	expect(partsOf(document, () => ["desk", ""])).toEqual([
		{ text: "Lamp", where: "desk", selection: { kind: "block", id: 4 } },
		{ text: "dim", selection: { kind: "join", id: 7 } },
		{ text: "Color-O", where: "Lamp", selection: { kind: "port", id: 9 } },
	]);
	expect(partsOf(document, () => [])[0]).toEqual({
		...{ text: "Lamp", selection: { kind: "block", id: 4 } },
	});
});
