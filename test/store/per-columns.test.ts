import { expect, test } from "bun:test";
import { ccmTables } from "../../src/ccm/store/tables.ts";
import { csmTables } from "../../src/csm/store/tables.ts";
import { sqliteColumns } from "../../src/store/columns.ts";
import { perColumns } from "../../src/store/per-columns.ts";
import { storeTables } from "../../src/store/schema.ts";

test("tables are made once for the columns of each database", () => {
	const others = { ...sqliteColumns };
	const tablesOf = perColumns(({ table, text }) => ({ one: table("one", { id: text("id") }) }));
	const tables = tablesOf(sqliteColumns);
	expect(tablesOf(sqliteColumns)).toBe(tables);
	expect(tablesOf(others)).not.toBe(tables);
	expect(tablesOf(others)).toBe(tablesOf(others));
});

test.each([
	["store", storeTables],
	["csm", csmTables],
	["ccm", ccmTables],
])("those of %s are", (_name, tablesOf) => {
	expect(tablesOf(sqliteColumns)).toBe(tablesOf(sqliteColumns) as never);
});
