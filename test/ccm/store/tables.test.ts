// The same tables and repositories for another dialect: what they say to PostgreSQL, without one.
import { expect, test } from "bun:test";
import { getTableColumns } from "drizzle-orm";
import { CcmRows } from "../../../src/ccm/store/ccm-rows.ts";
import { catalogMemories, DatabaseTables } from "../../../src/ccm/store/database-tables.ts";
import { UnitState } from "../../../src/ccm/store/state-rows.ts";
import { ccmTables } from "../../../src/ccm/store/tables.ts";
import { type Columns, sqliteColumns } from "../../../src/store/columns.ts";
import { postgresColumns } from "../../../src/store/postgres/columns.ts";
import { notedDatabase } from "../../support/postgres.ts";
import * as documents from "../support/documents.ts";

test("every table has the same columns in both dialects", () => {
	const namesOf = (columns: Columns) =>
		Object.entries(ccmTables(columns)).map(([name, table]) => [
			name,
			Object.values(getTableColumns(table)).map((column) => column.name),
		]);
	expect(namesOf(postgresColumns)).toEqual(namesOf(sqliteColumns));
});

test("what repositories ask of PostgreSQL is PostgreSQL's SQL", async () => {
	const { db, asked } = notedDatabase();
	const rows = new CcmRows(db, postgresColumns, () => {});
	const state = await UnitState.open(rows.state);
	const tables = new DatabaseTables(rows, catalogMemories(), state, false);
	const { newId, features, functions, favourites, projects, undo, graphs } = tables;
	expect(newId("na")).toBe(1);
	await features.put({
		...{ df_id: 1, df_name: "A-I", df_type: "input", df_category: "None", comment: "" },
		...{ u_id: null, params: [] },
	});
	await features.list({ u_id: null });
	await features.remove(1);
	const versions = [{ fnvt_idx: 1, u_id: null, date: "d", code: "c" }];
	await functions.put({
		fn_id: 1,
		fn_name: "f",
		pinned: [],
		is_protect: true,
		u_id: null,
		versions,
	});
	await functions.remove(1);
	await favourites.add({ fn_id: 1, df_id: null, u_id: 2 });
	await favourites.remove({ df_id: null });
	await projects.put(documents.project([documents.block(1, 1, [])], []));
	await projects.heads({ u_id: 1, p_name: "p" });
	await tables.holderOf("na", 1);
	await projects.remove(1);
	await undo.add({ p_id: 1, u_id: 1, rev: 1, inverse: [], redo: [], is_undone: false });
	await undo.newest({ p_id: 1, u_id: 1, is_undone: false });
	await undo.trim(1, 200, 1 << 20);
	await graphs.put({ graph: "1", links: [], settled: "" });
	await graphs.list({ graph: "1" });
	await tables.devices.list({ is_sim: true });
	await tables.invitations.put({ do_id: 1, p_id: 1, code_hash: "h", ends_at: 1 });
	await tables.seats.add({ da_id: "a", p_id: 1, do_id: 1, seat: 0, nickname: "" });
	await tables.formerSeats.remove({ da_id: "a" });
	await tables.save();
	expect(asked.length).toBeGreaterThan(25);
	for (const sql of asked) expect(sql).not.toContain("?");
	expect(asked).toContain(
		'select "graph", "links", "settled" from "ccm_graph" where "ccm_graph"."graph" = $1 order by "ccm_graph"."graph" asc',
	);
});
