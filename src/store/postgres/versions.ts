import { getTableColumns, getTableName } from "drizzle-orm";
import { ConfigError, InvariantError, messageOf } from "../../kit/mod.ts";
import type { ModuleSchema } from "../module-schema.ts";
import { LOCAL_TABLES, STORE_SCHEMA } from "../schema.ts";
import { OutdatedDatabaseError } from "../schema-versions.ts";
import type { PostgresAddress } from "./address.ts";
import { postgresColumns } from "./columns.ts";
import type { Ask, Connection } from "./connection.ts";
import { stateOf } from "./failures.ts";

const OLDEST = 13;
/** Of the lock under which one program at a time changes tables: "iotctl" in hexadecimal digits. */
const LOCK = "0x696f7463746c";
const VERSIONS =
	'CREATE TABLE schema_versions (module TEXT COLLATE "C" PRIMARY KEY, version BIGINT NOT NULL)';
const RESTORE = "restore a backup of it (pg_restore), or use an empty database";

/** How many migrations of each module a database has had; undefined: nothing is in it. */
type Versions = ReadonlyMap<string, number> | undefined;

/** The error of a database in which nothing is yet. */
export function noTables({ text }: PostgresAddress): OutdatedDatabaseError {
	return new OutdatedDatabaseError(
		`Cannot read the database "${text}": nothing is in it; create its tables with: iotctl initdb`,
	);
}

/** The tables of modules in a PostgreSQL database: which version they have, and how they get that of this program. */
export class PostgresVersions {
	readonly #address: PostgresAddress;
	readonly #schemas: readonly ModuleSchema[];

	/** @param schemas What this program's modules keep in it; the store's own tables come first. */
	constructor(address: PostgresAddress, schemas: readonly ModuleSchema[]) {
		this.#address = address;
		this.#schemas = [STORE_SCHEMA, ...schemas];
	}

	/**
	 * Brings the tables up to date, all or nothing, and looks whether all are there.
	 * @throws ConfigError when it is another program's or a newer version's, too old, or not whole.
	 */
	async update(connection: Connection): Promise<void> {
		const { ask } = connection;
		await ask("BEGIN");
		await ask(`SELECT pg_advisory_xact_lock(${Number(LOCK)})`);
		const versions = await this.#read(ask);
		try {
			if (versions === undefined) await connection.run(VERSIONS);
			for (const schema of this.#schemas) await this.#migrate(connection, schema, versions);
		} catch (error) {
			throw this.#cannotMake(error);
		}
		await this.#checkTables(ask);
		await ask("COMMIT");
	}

	/**
	 * Looks whether the tables are those of this program; changes nothing.
	 * @returns whether there are any.
	 * @throws ConfigError as {@link update}: OutdatedDatabaseError when a start would bring them up to date.
	 */
	async check(ask: Ask): Promise<boolean> {
		const versions = await this.#read(ask);
		if (versions === undefined) return false;
		const behind = this.#schemas.filter(
			({ module, migrations }) => (versions.get(module) ?? 0) < migrations.length,
		);
		if (behind.length > 0) {
			throw new OutdatedDatabaseError(
				`Cannot read the database "${this.#address.text}": an older version of iotctl wrote it, or one with fewer servers; bring it up to date with: iotctl initdb`,
			);
		}
		await this.#checkTables(ask);
		return true;
	}

	/** Names of the modules whose tables are there. */
	async modules(ask: Ask): Promise<string[]> {
		return [...((await this.#read(ask)) ?? new Map()).keys()].toSorted();
	}

	async #read(ask: Ask): Promise<Versions> {
		await this.#checkServer(ask);
		const [[kept, others] = []] = await ask(
			`SELECT to_regclass(quote_ident(current_schema()) || '.schema_versions') IS NOT NULL, count(*)
			FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
			WHERE nspname = current_schema() AND relkind IN ('r', 'v', 'm', 'p', 'f')`,
		);
		if (kept !== true) {
			if (Number(others) > 0) throw this.#isForeign();
			return undefined;
		}
		const rows = await ask("SELECT module, version FROM schema_versions").catch((error) => {
			throw stateOf(error).startsWith("42") ? this.#isForeign() : error;
		});
		const versions = new Map(rows.map(([module, n]) => [String(module), Number(n)]));
		if (!versions.has(STORE_SCHEMA.module)) throw this.#isForeign();
		for (const { module, migrations } of this.#schemas) {
			const version = versions.get(module) ?? 0;
			if (version <= migrations.length) continue;
			throw this.#refusal(
				`a newer version of iotctl wrote it (schema ${version} of ${module}, this program knows ${migrations.length}); use that version, or another database`,
			);
		}
		return versions;
	}

	async #checkServer(ask: Ask): Promise<void> {
		const [[version, encoding] = []] = await ask(
			"SELECT current_setting('server_version_num')::int, current_setting('server_encoding')",
		);
		const major = Math.floor(Number(version) / 10_000);
		if (major < OLDEST) {
			throw this.#refusal(`it is PostgreSQL ${major}; ${OLDEST} or newer is needed`);
		}
		if (encoding !== "UTF8") {
			throw this.#refusal(
				`its encoding is ${encoding}; make one with: createdb --encoding UTF8 --template template0`,
			);
		}
	}

	async #migrate(
		connection: Connection,
		{ module, migrations, postgres }: ModuleSchema,
		versions: Versions,
	): Promise<void> {
		if (postgres === undefined) throw new InvariantError(`${module} has no tables of PostgreSQL`);
		const version = versions?.get(module) ?? 0;
		if (version === migrations.length) return;
		if (version === 0) await connection.run(postgres.sql);
		for (const migration of migrations.slice(Math.max(version, postgres.steps))) {
			if (migration.postgres === undefined) {
				throw new InvariantError(`migration ${migration.name} of ${module} is not for PostgreSQL`);
			}
			await connection.run(migration.postgres);
		}
		await connection.ask(
			"INSERT INTO schema_versions VALUES ($1, $2) ON CONFLICT (module) DO UPDATE SET version = excluded.version",
			[module, migrations.length],
		);
	}

	async #checkTables(ask: Ask): Promise<void> {
		const rows = await ask(
			"SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()",
		);
		const there = new Set(rows.map(([table, column]) => `${table}.${column}`));
		for (const { module, migrations, tables } of this.#schemas) {
			for (const table of Object.values(tables?.(postgresColumns) ?? {})) {
				const name = getTableName(table);
				if (LOCAL_TABLES.includes(name)) continue;
				const missing = Object.values(getTableColumns(table)).find(
					(column) => !there.has(`${name}.${column.name}`),
				);
				if (missing === undefined) continue;
				throw this.#refusal(
					`its table ${name} is not that of schema ${migrations.length} of ${module} (${missing.name} is missing): ${RESTORE}`,
				);
			}
		}
	}

	#cannotMake(error: unknown): unknown {
		const state = stateOf(error);
		const { user, database } = this.#address;
		if (state === "42501") {
			return this.#refusal(
				`${user} may not create tables in it; make ${user} its owner: ALTER DATABASE ${database} OWNER TO ${user}`,
			);
		}
		if (!state.startsWith("42")) return error;
		return this.#refusal(
			`it cannot be brought up to date, a migration does not fit its tables (${messageOf(error)}); nothing was changed: ${RESTORE}`,
		);
	}

	#isForeign(): ConfigError {
		return this.#refusal(
			"it is a database of another program; use an empty one, with url in [core-db]",
		);
	}

	#refusal(reason: string): ConfigError {
		return new ConfigError(`Cannot use the database "${this.#address.text}": ${reason}`);
	}
}
