import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../../src/kit/errors.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { PostgresReader } from "../../../src/store/postgres/postgres-reader.ts";
import { postgresForAll } from "../../support/databases.ts";
import { quietLog } from "../../support/log.ts";
import { hasPostgres } from "../../support/postgres-server.ts";

describe.skipIf(!hasPostgres())("a reader of PostgreSQL", () => {
	const postgres = postgresForAll();
	let userdir: string;
	let reader: PostgresReader;
	beforeAll(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-reader-"));
		const options = { userdir, url: postgres.server.url(await postgres.server.database()) };
		await (await openStore(options, quietLog)).close();
		reader = await PostgresReader.open(options);
	});
	afterAll(() => {
		reader?.close();
		rmSync(userdir, { recursive: true });
	});
	const said = (sql: string) => reader.query(sql).catch(messageOf);

	test("answers one question with rows as objects", async () => {
		expect(await reader.query("SELECT 1 AS one, 'a;b' AS text WHERE 'x' = 'x'; -- two?")).toEqual([
			{ one: 1, text: "a;b" },
		]);
	});

	test("changes nothing, whatever is asked", async () => {
		for (const sql of [
			"DELETE FROM server_owner",
			"COMMIT; DELETE FROM server_owner",
			"SET TRANSACTION READ WRITE; DELETE FROM server_owner",
			"ROLLBACK; BEGIN READ WRITE; DELETE FROM server_owner; COMMIT",
			"COMMIT",
			"SET TRANSACTION READ WRITE",
			"DELETE FROM server_owner",
		]) {
			await said(sql);
			expect(await reader.query("SELECT count(*)::int AS n FROM server_owner")).toEqual([{ n: 1 }]);
		}
	});

	test("says what is wrong with a question as PostgreSQL says it", async () => {
		expect(await said("SELECT 1; SELECT 2")).toContain("multiple commands");
		expect(await said("SELECT * FROM nowhere")).toBe('relation "nowhere" does not exist');
		expect(await said("DELETE FROM server_owner")).toBe(
			"cannot execute DELETE in a read-only transaction",
		);
	});
});
