// The same tables and repositories for another dialect: what they say to PostgreSQL, without one.
import { expect, test } from "bun:test";
import { getTableColumns } from "drizzle-orm";
import { CsmRows } from "../../../src/csm/store/csm-store.ts";
import { csmTables } from "../../../src/csm/store/tables.ts";
import { type Columns, sqliteColumns } from "../../../src/store/columns.ts";
import { postgresColumns } from "../../../src/store/postgres/columns.ts";
import { noBadRow, storedDevice } from "../../support/csm-store.ts";
import { notedDatabase } from "../../support/postgres.ts";

const graph = { client: "c", graph: "g" };
const key = { daId: "d", mode: "idf", feature: "f" } as const;
const link = {
	...{ ...graph, ...key, id: 1, topic: "t" },
	func: { digest: "x", depends: {} },
	...{ inputType: null, paramNo: null, tagParamNo: 0, error: null },
};

test("every table has the same columns in both dialects", () => {
	const namesOf = (columns: Columns) =>
		Object.entries(csmTables(columns)).map(([name, table]) => [
			name,
			Object.values(getTableColumns(table)).map((column) => column.name),
		]);
	expect(namesOf(postgresColumns)).toEqual(namesOf(sqliteColumns));
});

test("what repositories ask of PostgreSQL is PostgreSQL's SQL", async () => {
	const { db, asked } = notedDatabase();
	const { devices, graphs, links, functions, deviceApiClients } = new CsmRows(db, postgresColumns);
	await devices.put(storedDevice("d"));
	await devices.setPresence("d", { awaySeconds: 1, isOnline: true });
	await devices.all(noBadRow);
	await devices.remove("d");
	await graphs.add(graph);
	await graphs.setJoin(graph, link.func);
	await graphs.setJoinAsked(graph, null);
	await graphs.setMonitor(graph, { topic: "m", on: true, intervalMs: 100 });
	await graphs.all(noBadRow);
	await links.put(link, true);
	await links.setFunction(1, link.func, null);
	await links.setAsked(1, "x");
	await links.setError(1, null);
	await links.all(noBadRow);
	await links.lastId();
	await links.remove(1, key, true);
	await links.removeAll(graph);
	await graphs.remove(graph);
	await functions.add([{ digest: "x", code: "c" }], 1);
	await functions.keep([{ digest: "y", code: "c" }], 1);
	await functions.isListed("x");
	await functions.code("x");
	await functions.evict(0);
	await functions.unlist(["x"]);
	await deviceApiClients.add("gui");
	await deviceApiClients.all();
	await deviceApiClients.remove("gui");
	expect(asked.length).toBeGreaterThan(25);
	for (const sql of asked) expect(sql).not.toContain("?");
	expect(asked[0]).toStartWith('insert into "devices" ("da_id", "rev"');
	expect(asked[0]).toContain('on conflict ("da_id") do update set "rev" = excluded.rev');
});
