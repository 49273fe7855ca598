import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NOT_ON_POSTGRES, onPostgres } from "../../scripts/postgres-tests.mjs";

const ROOT = join(import.meta.dir, "../..");
/** What makes a server with the database that the environment asks for. */
const ASKS =
	/\b(start(Target|Binary|WithCcm)|ownDatabase|withDatabase|ProjectServer|EditorBench)\b/;

test("every end-to-end test that runs with PostgreSQL has its database there", () => {
	const without = onPostgres().filter((path) => !ASKS.test(readFileSync(join(ROOT, path), "utf8")));
	expect(without).toEqual([]);
	expect(onPostgres()).toContain("test/e2e/editor-invite.test.ts");
});

test("those that are left out exist", () => {
	const names = Object.keys(NOT_ON_POSTGRES);
	expect(names.filter((name) => !existsSync(join(ROOT, `test/e2e/${name}.test.ts`)))).toEqual([]);
});
