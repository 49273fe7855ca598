import { describe, expect, test } from "bun:test";
import { getTableColumns } from "drizzle-orm";
import { sqliteColumns } from "../../src/store/columns.ts";
import { brokenRule, checkRow } from "../../src/store/row-rules.ts";

const { table, text, integer, real, boolean, bytes } = sqliteColumns;
const things = table("things", {
	name: text("name").notNull(),
	kind: text("kind", { enum: ["one", "two"] }).notNull(),
	size: integer("size"),
	time: real("time").notNull(),
	isOn: boolean("is_on").notNull(),
	data: bytes("data"),
});
const fine = { name: "n", kind: "one", size: null, time: 1.5, isOn: true, data: Buffer.alloc(1) };

describe("a stored row", () => {
	test("may be as its table wants it", () => {
		expect(brokenRule(getTableColumns(things), fine)).toBeUndefined();
		checkRow(things, fine);
	});

	test.each([
		[{ name: null }, "name is NULL"],
		[{ name: Buffer.from("n") }, "name is of type object, not string"],
		[{ kind: "{" }, "kind is none of one, two"],
		[{ time: "soon" }, "time is of type string, not number"],
	])("%j breaks a rule", (change, words) => {
		expect(brokenRule(getTableColumns(things), { ...fine, ...change })).toBe(words);
		expect(() => checkRow(things, { ...fine, ...change })).toThrow(`Stored ${words}`);
	});
});
