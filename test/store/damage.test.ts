import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { damageIn } from "../../src/store/damage.ts";

let folder: string;
let path: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-damage-"));
	path = join(folder, "test.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(...statements: string[]): void {
	const db = new Database(path, { create: true });
	for (const statement of statements) db.run(statement);
	db.close();
}

/** Runs statements as if rules were not in the schema. */
function runWithout(rules: readonly string[], ...statements: string[]): void {
	const before = readFileSync(path, "latin1");
	const blank = (text: string, rule: string) => text.replaceAll(rule, " ".repeat(rule.length));
	writeFileSync(path, rules.reduce(blank, before), "latin1");
	run(...statements);
	const schema = before.slice(0, 4096);
	writeFileSync(path, schema + readFileSync(path, "latin1").slice(4096), "latin1");
}

const found = () => {
	const db = new Database(path);
	try {
		return damageIn(db);
	} finally {
		db.close();
	}
};

/** As SQLite itself finds it. */
const said = () => {
	const db = new Database(path);
	const rows = db.query<{ quick_check: string }, []>("PRAGMA quick_check").all();
	db.close();
	return rows.map(({ quick_check }) => quick_check);
};

const TABLE =
	"CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT NOT NULL CHECK (b <> '{'), c REAL NOT NULL) STRICT";
const fill = () =>
	run(
		"PRAGMA page_size = 4096",
		TABLE,
		"WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) INSERT INTO t SELECT i, hex(randomblob(40)), 1.5 FROM n",
	);
const UNCHECKED = "PRAGMA ignore_check_constraints = ON";

describe("rows that break rules of their table", () => {
	test.each([
		["CHECK", () => run(UNCHECKED, "UPDATE t SET b = '{'"), "CHECK constraint failed in t"],
		["NOT NULL", () => runWithout(["NOT NULL"], "UPDATE t SET b = NULL"), "NULL value in t.b"],
		[
			"the type of a column",
			() => runWithout(["STRICT"], "UPDATE t SET b = x'00', c = 'x'"),
			"non-TEXT value in t.b",
		],
	])("(%s) are not damage", (_, spoil, words) => {
		fill();
		spoil();
		expect(said()[0]).toBe(words);
		expect(found()).toBeUndefined();
	});

	test("do not hide damage", () => {
		fill();
		run(UNCHECKED, "UPDATE t SET b = '{' WHERE a < 300");
		const bytes = readFileSync(path);
		writeFileSync(path, bytes.fill(0xa5, 4096 * 3, 4096 * 4));
		expect(found()).toBeDefined();
	});
});

test("a healthy file has none", () => {
	fill();
	expect(found()).toBeUndefined();
});
