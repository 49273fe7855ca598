import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CSM_SCHEMA } from "../../src/csm/store/schema.ts";
import { columnsOf, tablesOfOneHistory } from "../../src/store/one-history.ts";
import { STORE_SCHEMA } from "../../src/store/schema.ts";

const SINGLE_HISTORY = join(import.meta.dir, "single-history");
const FILES = readdirSync(SINGLE_HISTORY).sort();
const tablesIn = (tables: ReadonlyMap<string, readonly string[]>) =>
	[...tables].map(([name, columns]) => [name, columns.toSorted()]).toSorted();

test.each(FILES.map((_, index) => index + 1))(
	"schema %i has the tables and columns its program made",
	(version) => {
		const sqlite = new Database(":memory:");
		for (const file of FILES.slice(0, version)) {
			sqlite.run(readFileSync(join(SINGLE_HISTORY, file), "utf8"));
		}
		const names = sqlite
			.query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table'")
			.all();
		const made = new Map(names.map(({ name }) => [name, columnsOf(sqlite, name)]));
		expect(tablesIn(tablesOfOneHistory(version, [STORE_SCHEMA, CSM_SCHEMA]))).toEqual(
			tablesIn(made),
		);
		sqlite.close();
	},
);

test("without the module that made the first table, the table is known anyway", () => {
	expect([...tablesOfOneHistory(1, [STORE_SCHEMA])]).toEqual([
		["devices", ["da_id", "rev", "profile"]],
	]);
});

test("a table that is not there has no columns", () => {
	const sqlite = new Database(":memory:");
	expect(columnsOf(sqlite, "devices")).toEqual([]);
	sqlite.close();
});
