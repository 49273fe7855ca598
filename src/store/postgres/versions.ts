import { getTableColumns, getTableName } from "drizzle-orm";
import { ConfigError, InvariantError, messageOf } from "../../kit/mod.ts";
import type { ModuleSchema } from "../module-schema.ts";
import { LOCAL_TABLES, STORE_SCHEMA } from "../schema.ts";
import { OutdatedDatabaseError } from "../schema-versions.ts";
import type { PostgresAddress } from "./address.ts";
import { postgresColumns } from "./columns.ts";
import type { Ask, Connection } from "./connection.ts";
import { stateOf } from "./failures.ts";
import { readFacts, whyUnchangeable, whyUnusable } from "./server-facts.ts";

/** Of the lock under which one program at a time changes tables: "iotctl" in hexadecimal digits. */
const LOCK = "0x696f7463746c";
const VERSIONS =
	'CREATE TABLE schema_versions (module TEXT COLLATE "C" PRIMARY KEY, version BIGINT NOT NULL)';
const MAY_MAKE_TABLES = "SELECT has_schema_privilege(current_schema(), 'CREATE')";
/** What to do with one that is not whole. */
export const RESTORE = "restore a backup of it (pg_restore), or use an empty database";
/** How long others may be at work on the tables, and how often it is looked. */
const TURN_WAIT_MS = 30_000;
const LOOK_EVERY_MS = 100;
/** How long others may hold tables that are to be changed. */
const LOCK_WAIT_MS = 8000;
/** How long a migration may take: tables may be large. */
const MIGRATION_MS = 300_000;
/** How long the lock outlives a program whose machine has died. */
const SILENCE = "60s";
const LOCKED = "55P03";
const DENIED = "42501";

/** How many migrations of each module a database has had; undefined: nothing is in it. */
type Versions = ReadonlyMap<string, number> | undefined;

/** The tables of modules in a PostgreSQL database: which version they have, and how they get that of this program. */
export class PostgresVersions {
	readonly #address: PostgresAddress;
	readonly #schemas: readonly ModuleSchema[];
	readonly #waitMs: number;

	/**
	 * @param schemas What this program's modules keep in it; the store's own tables come first.
	 * @param waitMs How long others may be at work on the tables.
	 */
	constructor(address: PostgresAddress, schemas: readonly ModuleSchema[], waitMs = TURN_WAIT_MS) {
		this.#address = address;
		this.#schemas = [STORE_SCHEMA, ...schemas];
		this.#waitMs = waitMs;
	}

	/**
	 * Brings the tables up to date, all or nothing, and looks whether all are there.
	 * @throws ConfigError when it is another program's or a newer version's, too old, or not whole.
	 */
	async update(connection: Connection): Promise<void> {
		const { ask } = connection;
		await ask("BEGIN");
		// First: an old server does not know all that follows.
		await this.#checkServer(ask, true);
		await this.#takeTurn(ask);
		const versions = await this.#read(ask);
		try {
			if (versions === undefined) await connection.run(VERSIONS, MIGRATION_MS);
			for (const schema of this.#schemas) await this.#migrate(connection, schema, versions);
		} catch (error) {
			throw this.#cannotMake(error, versions === undefined);
		}
		await this.#checkTables(ask);
		await ask("COMMIT");
	}

	/**
	 * Looks whether the tables are those of this program; changes nothing.
	 * @param isToChange Whether a server is to start on it, which may have to make them.
	 * @returns whether there are any.
	 * @throws ConfigError as {@link update}: OutdatedDatabaseError when a start would bring them up to date.
	 */
	async check(ask: Ask, isToChange = false): Promise<boolean> {
		await this.#checkServer(ask, isToChange);
		const versions = await this.#read(ask);
		if (versions === undefined) {
			const [[mayMake] = []] = isToChange ? await ask(MAY_MAKE_TABLES) : [];
			if (mayMake === false) throw this.#mayNotMake();
			return false;
		}
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

	/** One program at a time: the lock ends with the transaction. */
	async #takeTurn(ask: Ask): Promise<void> {
		const deadline = performance.now() + this.#waitMs;
		for (;;) {
			const [[isOurs] = []] = await ask(`SELECT pg_try_advisory_xact_lock(${Number(LOCK)})`);
			if (isOurs === true) break;
			if (performance.now() > deadline) {
				throw this.#refusal(
					"another program is bringing its tables up to date; start again when that has ended",
				);
			}
			await Bun.sleep(LOOK_EVERY_MS);
		}
		await ask(
			`SELECT set_config('lock_timeout', '${Math.min(this.#waitMs, LOCK_WAIT_MS)}', true),
			set_config('idle_in_transaction_session_timeout', '${SILENCE}', true)`,
		);
	}

	/** @param isToChange Whether the tables are going to be changed. */
	async #checkServer(ask: Ask, isToChange: boolean): Promise<void> {
		const facts = await readFacts(ask);
		const problem =
			whyUnusable(facts, this.#address) ??
			(isToChange ? whyUnchangeable(facts, this.#address) : undefined);
		if (problem !== undefined) throw this.#refusal(problem);
	}

	async #read(ask: Ask): Promise<Versions> {
		const [[owner, others, elsewhere] = []] = await ask(
			`SELECT (SELECT tableowner::text FROM pg_tables
				WHERE schemaname = current_schema() AND tablename = 'schema_versions'), count(*),
			(SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = to_regclass('schema_versions'))
			FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
			WHERE nspname = current_schema() AND relkind IN ('r', 'v', 'm', 'p', 'f')`,
		);
		if (owner === null) {
			if (Number(others) > 0) throw this.#isForeign();
			if (typeof elsewhere === "string") throw this.#isElsewhere(elsewhere);
			return undefined;
		}
		const rows = await ask("SELECT module, version FROM schema_versions").catch((error) => {
			if (stateOf(error) === DENIED) throw this.#isDenied(String(owner));
			throw stateOf(error).startsWith("42") ? this.#isForeign() : error;
		});
		const versions = new Map(rows.map(([module, n]) => [String(module), Number(n)]));
		const areOurs = [...versions.values()].every((version) => Number.isSafeInteger(version));
		if (!areOurs || !versions.has(STORE_SCHEMA.module)) throw this.#isForeign();
		for (const { module, migrations } of this.#schemas) {
			const version = versions.get(module) ?? 0;
			if (version <= migrations.length) continue;
			throw this.#refusal(
				`a newer version of iotctl wrote it (schema ${version} of ${module}, this program knows ${migrations.length}); use that version, or another database`,
			);
		}
		return versions;
	}

	async #migrate(
		connection: Connection,
		{ module, migrations, postgres }: ModuleSchema,
		versions: Versions,
	): Promise<void> {
		if (postgres === undefined) throw new InvariantError(`${module} has no tables of PostgreSQL`);
		const version = versions?.get(module) ?? 0;
		if (version === migrations.length) return;
		if (version === 0) await connection.run(postgres.sql, MIGRATION_MS);
		for (const migration of migrations.slice(Math.max(version, postgres.steps))) {
			if (migration.postgres === undefined) {
				throw new InvariantError(`migration ${migration.name} of ${module} is not for PostgreSQL`);
			}
			await connection.run(migration.postgres, MIGRATION_MS);
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

	#cannotMake(error: unknown, isNew: boolean): unknown {
		const state = stateOf(error);
		if (state === DENIED) {
			return isNew ? this.#mayNotMake() : this.#isDenied();
		}
		if (state === LOCKED) {
			return this.#refusal(
				"another program holds its tables, which have to be brought up to date; start again when that has ended, such as a pg_dump",
			);
		}
		if (!state.startsWith("42")) return error;
		return this.#refusal(
			`it cannot be brought up to date, a migration does not fit its tables (${messageOf(error)}); nothing was changed: ${RESTORE}`,
		);
	}

	#mayNotMake(): ConfigError {
		const { user, database } = this.#address;
		return this.#refusal(
			`${user} may not create tables in it; make ${user} its owner: ALTER DATABASE ${database} OWNER TO ${user}`,
		);
	}

	#isDenied(owner = "another user"): ConfigError {
		const { user, setting } = this.#address;
		return this.#refusal(
			`its tables belong to ${owner}, not to ${user}; name their owner in ${setting}, or change it with REASSIGN OWNED`,
		);
	}

	/** New ones would hide them: the server would start with nothing. */
	#isElsewhere(schema: string): ConfigError {
		const { user, database } = this.#address;
		return this.#refusal(
			`its tables are in the schema ${schema}, but new ones would be made in one that comes before it; ALTER ROLE ${user} IN DATABASE ${database} SET search_path = ${schema}`,
		);
	}

	#isForeign(): ConfigError {
		return this.#refusal(
			`it is a database of another program; use an empty one, with ${this.#address.setting}`,
		);
	}

	#refusal(reason: string): ConfigError {
		return new ConfigError(`Cannot use the database "${this.#address.text}": ${reason}`);
	}
}
