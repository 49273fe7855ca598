import { Database } from "bun:sqlite";
import { beforeEach, expect, test } from "bun:test";
import { functionStatements } from "../../../src/csm/store/function-statements.ts";
import { csmTables } from "../../../src/csm/store/tables.ts";
import { sqliteColumns } from "../../../src/store/columns.ts";
import { type Db, handleOf } from "../../../src/store/db.ts";

const { functions } = csmTables(sqliteColumns);
let db: Db;
let statements: ReturnType<typeof functionStatements>;

beforeEach(() => {
	const sqlite = new Database(":memory:", { strict: true });
	sqlite.run(
		"CREATE TABLE functions (digest TEXT PRIMARY KEY, code TEXT, listed INTEGER, used_at INTEGER)",
	);
	db = handleOf(sqlite);
	statements = functionStatements(db, functions);
});

const stored = () => db.select().from(functions).orderBy(functions.digest);
const use = (digest: string, code: string, usedAt: number) => ({ digest, code, usedAt });

test("what is added is listed, also if it was kept only, and replaces the source", async () => {
	await statements.keep().execute(use("a", "damaged", 1));
	await statements.add().execute(use("a", "good", 2));
	expect(await stored()).toEqual([{ digest: "a", code: "good", listed: true, usedAt: 2 }]);
});

test("what is kept is not listed by that, and a known one only gets its time of use", async () => {
	await statements.add().execute(use("a", "source", 1));
	await statements.keep().execute(use("a", "another", 2));
	await statements.keep().execute(use("b", "source", 3));
	expect(await stored()).toEqual([
		{ digest: "a", code: "source", listed: true, usedAt: 2 },
		{ digest: "b", code: "source", listed: false, usedAt: 3 },
	]);
});

test("the same statements see what has been stored since", async () => {
	const seen = async () => [
		await statements.count().execute(),
		await statements.countListed().execute(),
		await statements.isListed().execute({ digest: "a" }),
	];
	expect(await seen()).toEqual([[{ n: 0 }], [{ n: 0 }], []]);
	await statements.keep().execute(use("a", "source", 1));
	expect(await seen()).toEqual([[{ n: 1 }], [{ n: 0 }], [{ listed: false }]]);
	await statements.add().execute(use("a", "source", 2));
	await statements.keep().execute(use("b", "source", 3));
	expect(await seen()).toEqual([[{ n: 2 }], [{ n: 1 }], [{ listed: true }]]);
});
