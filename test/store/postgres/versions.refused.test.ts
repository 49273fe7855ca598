// Databases of PostgreSQL that cannot be used: what is said, and that nothing is changed.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SQL } from "bun";
import { CCM_SCHEMA } from "../../../src/ccm/store/schema.ts";
import { CSM_SCHEMA } from "../../../src/csm/store/schema.ts";
import { messageOf } from "../../../src/kit/errors.ts";
import type { ModuleSchema } from "../../../src/store/module-schema.ts";
import { openReader } from "../../../src/store/open-reader.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { readAddress } from "../../../src/store/postgres/address.ts";
import { Connection } from "../../../src/store/postgres/connection.ts";
import { PostgresVersions } from "../../../src/store/postgres/versions.ts";
import { postgresForAll } from "../../support/databases.ts";
import { quietLog } from "../../support/log.ts";
import { hasPostgres } from "../../support/postgres-server.ts";

const SCHEMAS = [CSM_SCHEMA, CCM_SCHEMA];

describe.skipIf(!hasPostgres())("of databases in PostgreSQL", () => {
	const postgres = postgresForAll();
	let userdir: string;
	let name: string;
	beforeEach(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-versions-"));
		name = await postgres.server.database();
	});
	afterEach(() => rmSync(userdir, { recursive: true }));

	const open = (schemas: readonly ModuleSchema[] = SCHEMAS, user?: string) =>
		openStore({ userdir, url: postgres.server.url(name, user) }, quietLog, schemas);
	const problem = async (user?: string) => {
		const store = await open(SCHEMAS, user).catch(messageOf);
		if (typeof store === "string") return store.replace(/^Cannot use the database "[^"]+": /, "");
		await store.close();
		return undefined;
	};

	test("another program's database is refused", async () => {
		await postgres.server.ask("CREATE TABLE wp_posts (id int)", name);
		expect(await problem()).toStartWith("it is a database of another program");
		await postgres.server.ask("CREATE TABLE schema_versions (x int)", name);
		expect(await problem()).toStartWith("it is a database of another program");
	});

	test("a newer version's is refused", async () => {
		await (await open()).close();
		await postgres.server.ask("UPDATE schema_versions SET version = 99 WHERE module = 'csm'", name);
		expect(await problem()).toBe(
			`a newer version of iotctl wrote it (schema 99 of csm, this program knows ${CSM_SCHEMA.migrations.length}); use that version, or another database`,
		);
	});

	test("one that has only a part is refused, whether tables or their versions are missing", async () => {
		await (await open()).close();
		await postgres.server.ask("ALTER TABLE devices DROP COLUMN origin", name);
		expect(await problem()).toContain("its table devices is not that of schema");
		await postgres.server.ask("DELETE FROM schema_versions WHERE module = 'csm'", name);
		expect(await problem()).toContain("it cannot be brought up to date");
		await postgres.server.ask("DELETE FROM schema_versions", name);
		expect(await problem()).toStartWith("it is a database of another program");
		await postgres.server.ask(
			"ALTER TABLE schema_versions ALTER version TYPE text; INSERT INTO schema_versions VALUES ('store', 'x')",
			name,
		);
		expect(await problem()).toStartWith("it is a database of another program");
	});

	test("one without the row of its owner is refused at once", async () => {
		await (await open()).close();
		await postgres.server.ask("DELETE FROM server_owner", name);
		expect(await problem()).toBe(
			"the row of its table server_owner is missing: restore a backup of it (pg_restore), or use an empty database",
		);
	});

	test("one without a table of the server's runs is refused with what to do", async () => {
		await (await open()).close();
		await postgres.server.ask("ALTER TABLE server_runs RENAME TO others", name);
		expect(await problem()).toEndWith(
			'(relation "server_runs" does not exist); restore a backup of it (pg_restore), or use an empty database',
		);
	});

	test("one that breaks off every statement is refused with what to do", async () => {
		await (await open()).close();
		await postgres.server.ask(
			"CREATE USER hasty; GRANT iottalk TO hasty; ALTER ROLE hasty SET statement_timeout = 1",
		);
		const said = await openReader({ userdir, url: postgres.server.url(name, "hasty") }).catch(
			messageOf,
		);
		expect(said).toEndWith(
			`; raise its limit: ALTER ROLE hasty IN DATABASE ${name} SET statement_timeout = 0`,
		);
	});

	test("one of another encoding is refused", async () => {
		name = await postgres.server.database("ENCODING 'SQL_ASCII' TEMPLATE template0");
		expect(await problem()).toBe(
			"its encoding is SQL_ASCII; make one with: createdb --owner iottalk --encoding UTF8 --template template0 NAME",
		);
	});

	test("one that takes no changes is refused, and can be read", async () => {
		const readOnly = (value: string) =>
			postgres.server.ask(`ALTER DATABASE ${name} SET default_transaction_read_only = ${value}`);
		await readOnly("on");
		expect(await problem()).toStartWith("it is read-only; let it take changes: ALTER DATABASE");
		await readOnly("off");
		await (await open()).close();
		await readOnly("on");
		expect(await problem()).toStartWith("it is read-only");
		const reader = await openReader({ userdir, url: postgres.server.url(name) }, SCHEMAS);
		expect(reader.modules()).toContain("csm");
		reader.close();
	});

	test("a user who may not make tables, use them, or find them is told so", async () => {
		await postgres.server.ask("CREATE USER guest");
		expect(await problem("guest")).toBe(
			`guest may not create tables in it; make guest its owner: ALTER DATABASE ${name} OWNER TO guest`,
		);
		await (await open([CSM_SCHEMA])).close();
		const foreign = (owner: string) =>
			`its tables belong to ${owner}, not to guest; name their owner in url in [core-db], or change it with REASSIGN OWNED`;
		expect(await problem("guest")).toBe(foreign("iottalk"));
		await postgres.server.ask("GRANT ALL ON ALL TABLES IN SCHEMA public TO guest", name);
		await postgres.server.ask("GRANT CREATE ON SCHEMA public TO guest", name);
		const changed: ModuleSchema = {
			...CSM_SCHEMA,
			migrations: [
				...CSM_SCHEMA.migrations,
				{ name: "next", sql: "", postgres: "ALTER TABLE devices ADD COLUMN next TEXT" },
			],
		};
		expect(await open([changed], "guest").catch(messageOf)).toEndWith(foreign("another user"));
		await postgres.server.ask("REVOKE ALL ON server_owner FROM guest", name);
		expect(await open([CSM_SCHEMA], "guest").catch(messageOf)).toEndWith(
			"(permission denied for table server_owner); guest in url has to own its tables",
		);
		await postgres.server.ask("ALTER ROLE guest SET search_path = nowhere");
		expect(await problem("guest")).toStartWith("the search_path of guest names no schema");
	});

	test("tables that a schema with a name of its own would hide are not made again", async () => {
		await (await open()).close();
		await postgres.server.ask("CREATE SCHEMA iottalk", name);
		const hidden = `its tables are in the schema public, but new ones would be made in one that comes before it; ALTER ROLE iottalk IN DATABASE ${name} SET search_path = public`;
		expect(await problem()).toBe(hidden);
		await postgres.server.ask("DROP SCHEMA iottalk", name);
		expect(await problem()).toBeUndefined();
	});

	test("what another program holds for long is named", async () => {
		await (await open([CSM_SCHEMA])).close();
		const url = postgres.server.url(name);
		const address = readAddress(url, { userdir, url });
		const update = async () => {
			const connection = await Connection.open(address);
			const versions = new PostgresVersions(address, SCHEMAS, {}, 100);
			return versions
				.update(connection)
				.catch(messageOf)
				.finally(() => connection.close());
		};
		let held = await hold(url, `SELECT pg_advisory_xact_lock(${0x696f7463746c})`);
		expect(await update()).toEndWith(
			": another program is bringing its tables up to date; start again when that has ended",
		);
		await held.end();
		held = await hold(url, "LOCK TABLE schema_versions IN SHARE MODE");
		expect(await update()).toContain(": another program holds its tables, ");
		await held.end();
		expect(await update()).toBeUndefined();
	});

	test("a migration that fails leaves nothing behind", async () => {
		const broken: ModuleSchema = {
			module: "broken",
			migrations: [{ name: "init", sql: "" }],
			postgres: { sql: "CREATE TABLE half (id int); CREATE TABLE half (id int)", steps: 1 },
		};
		expect(await open([broken]).catch(messageOf)).toContain("nothing was changed");
		const rows = await postgres.server.ask(
			"SELECT 1 FROM pg_tables WHERE tablename = 'half'",
			name,
		);
		expect(rows).toEqual([]);
		await (await open()).close();
	});
});

/** Another program in the middle of a transaction. */
async function hold(url: string, statement: string): Promise<{ end(): Promise<void> }> {
	const sql = new SQL({ url: `${url}?sslmode=disable`, max: 1, prepare: false });
	const one = await sql.reserve();
	await one.unsafe("BEGIN");
	await one.unsafe(statement);
	return {
		end: async () => {
			await one.unsafe("ROLLBACK");
			await sql.close({ timeout: 0 });
		},
	};
}
