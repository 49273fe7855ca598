// The tables of both databases are the same.
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CCM_SCHEMA } from "../../../src/ccm/store/schema.ts";
import { CLUSTER_SCHEMA } from "../../../src/cluster/schema.ts";
import { CSM_SCHEMA } from "../../../src/csm/store/schema.ts";
import { messageOf } from "../../../src/kit/errors.ts";
import type { ModuleSchema } from "../../../src/store/module-schema.ts";
import { openReader } from "../../../src/store/open-reader.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { LOCAL_TABLES, STORE_SCHEMA } from "../../../src/store/schema.ts";
import { Store } from "../../../src/store/store.ts";
import { postgresForAll } from "../../support/databases.ts";
import { quietLog } from "../../support/log.ts";
import { hasPostgres } from "../../support/postgres-server.ts";

const SCHEMAS = [CSM_SCHEMA, CCM_SCHEMA];
/** Of PostgreSQL alone: which server uses it, and what happened to its last commit. */
const OWN_TABLES = ["server_owner", "server_runs", "account_changes"];
/** Which programs can use a version: nodes are upgraded one after the other. */
const OWN_COLUMN = "schema_versions.oldest";
/** And what nodes keep of each other: only where there is a cluster, and a file never has one. */
const CLUSTER_TABLES = ["", "_names", "_nodes", "_pages", "_partitions", "_requests"].map(
	(name) => `cluster${name}`,
);

test("each migration since PostgreSQL came is there for both databases", () => {
	for (const { module, migrations, postgres } of [STORE_SCHEMA, ...SCHEMAS, CLUSTER_SCHEMA]) {
		const steps = postgres?.steps ?? 0;
		const wanted = migrations.slice(steps).map(({ name }) => `${module}: ${name}`);
		const there = migrations
			.filter((migration) => migration.postgres !== undefined)
			.map(({ name }) => `${module}: ${name}`);
		expect(there).toEqual(wanted);
	}
});

describe.skipIf(!hasPostgres())("in PostgreSQL", () => {
	const postgres = postgresForAll();
	let userdir: string;
	let name: string;
	beforeEach(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-versions-"));
		name = await postgres.server.database();
	});
	afterEach(() => rmSync(userdir, { recursive: true }));

	const open = (schemas: readonly ModuleSchema[] = SCHEMAS) =>
		openStore({ userdir, url: postgres.server.url(name) }, quietLog, schemas);

	test("tables have the columns, keys and references of SQLite's", async () => {
		await (await open([...SCHEMAS, CLUSTER_SCHEMA])).close();
		const store = new Store({ userdir, url: "same.db" }, quietLog, SCHEMAS);
		await store.close();
		const sqlite = new Database(join(userdir, "same.db"), { readonly: true });
		const found = await describePostgres((query) => postgres.server.ask(query, name));
		const wanted = describeSqlite(sqlite);
		sqlite.close();
		expect(found).toEqual(wanted);
		expect(wanted.length).toBeGreaterThan(150);
	});

	test("the first ones that there were are brought up to date, and can be read before", async () => {
		await (await open()).close();
		await postgres.server.ask("ALTER TABLE schema_versions DROP COLUMN oldest", name);
		await postgres.server.ask("ALTER TABLE server_runs DROP COLUMN schemas", name);
		const place = { userdir, url: postgres.server.url(name) };
		await (await openReader(place, SCHEMAS)).close();
		await (await open()).close();
		const known = await postgres.server.ask("SELECT schemas::text AS it FROM server_runs", name);
		expect(known.at(-1)?.it).toContain('"csm"');
	});

	test("a second start changes nothing, and a program with more modules adds their tables", async () => {
		await (await open([CSM_SCHEMA])).close();
		const tables =
			"SELECT count(*)::int AS n FROM pg_class WHERE relname LIKE 'ccm_%' AND relkind = 'r'";
		expect(await postgres.server.ask(tables, name)).toEqual([{ n: 0 }]);
		await (await open()).close();
		const [{ id } = {}] = await postgres.server.ask("SELECT id FROM server", name);
		const store = await open();
		expect(store.serverId).toBe(String(id));
		expect(store.serverId).toMatch(/^[0-9a-f]{16}$/);
		await store.close();
		expect(await postgres.server.ask(tables, name)).not.toEqual([{ n: 0 }]);
	});

	test("starts at the same time make the tables once", async () => {
		const other = mkdtempSync(join(tmpdir(), "iotctl-versions-"));
		const both = await Promise.allSettled([
			open(),
			openStore({ userdir: other, url: postgres.server.url(name) }, quietLog, SCHEMAS),
		]);
		const opened = both.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
		const refused = both.flatMap((one) =>
			one.status === "rejected" ? [messageOf(one.reason)] : [],
		);
		expect(opened).toHaveLength(1);
		expect(refused[0]).toContain("it is already in use by the server on");
		for (const store of opened) await store.close();
		rmSync(other, { recursive: true });
	});
});

/** What tables are made of, a line each, in words both databases have. */
function describeSqlite(sqlite: Database): string[] {
	const rows = <T>(query: string, ...params: string[]) =>
		sqlite.query<T, string[]>(query).all(...params);
	const tables = rows<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
		.map(({ name }) => name)
		.filter((name) => !name.startsWith("sqlite_") && !LOCAL_TABLES.includes(name));
	return tables
		.flatMap((table) => [
			...rows<{ name: string; notnull: number; type: string; pk: number }>(
				"SELECT * FROM pragma_table_info(?)",
				table,
			).map(({ name, notnull, type, pk }) => {
				const isNull = notnull === 0 && pk === 0 ? " null" : "";
				return `${table}.${name} ${type === "TEXT" ? "text" : "number"}${isNull}`;
			}),
			...rows<{ name: string; unique: number }>("SELECT * FROM pragma_index_list(?)", table)
				.filter(({ unique }) => unique === 1)
				.map(({ name }) => {
					const columns = rows<{ name: string | null }>(
						"SELECT name FROM pragma_index_info(?)",
						name,
					);
					return `${table} unique ${columns.map((column) => column.name ?? "expression").join()}`;
				}),
			...rows<{ name: string; pk: number; type: string }>(
				"SELECT * FROM pragma_table_info(?1) WHERE pk = 1 AND type = 'INTEGER' AND (SELECT max(pk) FROM pragma_table_info(?1)) = 1",
				table,
			).map(({ name }) => `${table} unique ${name}`),
			...Map.groupBy(
				rows<{ id: number; table: string; from: string; on_delete: string }>(
					"SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq",
					table,
				),
				({ id }) => id,
			)
				.values()
				.map((keys) => {
					const from = keys.map((key) => key.from).join();
					return `${table} refers ${from} to ${keys[0]?.table} ${keys[0]?.on_delete.toLowerCase()}`;
				}),
		])
		.filter((line, index, all) => all.indexOf(line) === index)
		.toSorted();
}

async function describePostgres(
	ask: (query: string) => Promise<Record<string, unknown>[]>,
): Promise<string[]> {
	const isOwn = ({ table_name, column_name }: Record<string, unknown>) =>
		[...OWN_TABLES, ...CLUSTER_TABLES].includes(String(table_name)) ||
		`${table_name}.${column_name}` === OWN_COLUMN;
	const columns = await ask(
		"SELECT table_name, column_name, is_nullable, data_type FROM information_schema.columns WHERE table_schema = 'public'",
	);
	const indexes = await ask(
		`SELECT c.relname AS table_name, (
			SELECT string_agg(coalesce(a.attname, 'expression'), ',' ORDER BY k.n)
			FROM unnest(i.indkey) WITH ORDINALITY AS k(attnum, n)
			LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
		) AS names FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
		JOIN pg_namespace s ON s.oid = c.relnamespace WHERE i.indisunique AND s.nspname = 'public'`,
	);
	const references = await ask(
		`SELECT c.conrelid::regclass::text AS table_name, c.confrelid::regclass::text AS other, c.confdeltype AS kind, (
			SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY AS k(attnum, n)
			JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
		) AS names FROM pg_constraint c WHERE contype = 'f'`,
	);
	return [
		...columns.flatMap((row) => {
			if (isOwn(row)) return [];
			const kind = row.data_type === "text" ? "text" : "number";
			const isNull = row.is_nullable === "YES" ? " null" : "";
			return [`${row.table_name}.${row.column_name} ${kind}${isNull}`];
		}),
		...indexes.flatMap((row) => (isOwn(row) ? [] : [`${row.table_name} unique ${row.names}`])),
		...references.map(({ table_name, other, kind, names }) => {
			return `${table_name} refers ${names} to ${other} ${kind === "c" ? "cascade" : "no action"}`;
		}),
	]
		.filter((line, index, all) => all.indexOf(line) === index)
		.toSorted();
}
