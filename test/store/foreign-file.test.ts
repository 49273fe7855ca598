import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ForeignFile } from "../../src/store/foreign-file.ts";

let folder: string;
let path: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-foreign-"));
	path = join(folder, "f.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

function make(...statements: string[]): void {
	const sqlite = new Database(path);
	for (const statement of statements) sqlite.run(statement);
	sqlite.close();
}

describe("the file of another program", () => {
	test("is read as it is, and neither it nor its directory changes", () => {
		make('CREATE TABLE "a b" (x, "y""z")', 'INSERT INTO "a b" VALUES (2, 1), (1, NULL)');
		const before = [readFileSync(path), statSync(path).mtimeMs];
		const file = ForeignFile.open(path);
		expect(file.columns("a b")).toEqual(["x", 'y"z']);
		expect(file.columns("none")).toEqual([]);
		expect(file.rows("a b", ["x", 'y"z'])).toEqual([
			{ x: 1, 'y"z': null },
			{ x: 2, 'y"z': 1 },
		]);
		file.close();
		expect([readFileSync(path), statSync(path).mtimeMs]).toEqual(before);
		expect(readdirSync(folder)).toEqual(["f.db"]);
	});

	test("has what is only in the log beside it", () => {
		const writer = new Database(path);
		for (const sql of [
			"PRAGMA journal_mode = WAL",
			"CREATE TABLE t (x)",
			"INSERT INTO t VALUES (7)",
		])
			writer.run(sql);
		const file = ForeignFile.open(path);
		expect(file.rows("t", ["x"])).toEqual([{ x: 7 }]);
		file.close();
		writer.close();
	});

	test("that is none, or damaged, is refused in one sentence, and no copy is left", () => {
		const copies = () => readdirSync(tmpdir()).filter((name) => name.startsWith("iotctl-read-"));
		const before = copies();
		expect(() => ForeignFile.open(path)).toThrow("no such file");
		expect(() => ForeignFile.open(folder)).toThrow("is not a file");
		writeFileSync(path, "");
		expect(() => ForeignFile.open(path)).toThrow("is not an SQLite database");
		rmSync(path);
		make(
			"CREATE TABLE t (x)",
			"INSERT INTO t SELECT randomblob(9000) FROM (SELECT 1 UNION SELECT 2)",
		);
		writeFileSync(path, readFileSync(path).subarray(0, 9000));
		expect(() => ForeignFile.open(path)).toThrow("is damaged");
		expect(copies()).toEqual(before);
	});
});
