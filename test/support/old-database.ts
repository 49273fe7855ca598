// Databases as earlier programs left them, since modules have a version each.
import { Database } from "bun:sqlite";
import type { ModuleSchema } from "../../src/store/module-schema.ts";

/** Modules with how many of their migrations the program of that time had. */
export type Versions = readonly (readonly [schema: ModuleSchema, version: number])[];

/** Makes the file as such a program left it. @param rows Statements that store what was in its tables. */
export function oldDatabase(path: string, versions: Versions, rows: readonly string[]): void {
	const db = new Database(path, { create: true, strict: true });
	db.run("PRAGMA foreign_keys = ON");
	db.run(
		"CREATE TABLE schema_versions (module TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL) STRICT",
	);
	for (const [{ module, migrations }, version] of versions) {
		for (const { sql } of migrations.slice(0, version)) db.run(sql);
		db.run("INSERT INTO schema_versions VALUES (?, ?)", [module, version]);
	}
	for (const row of rows) db.run(row);
	db.run("PRAGMA user_version = 10");
	db.close();
}
