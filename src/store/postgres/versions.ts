import { ConfigError, InvariantError, messageOf } from "../../kit/mod.ts";
import type { ModuleSchema } from "../module-schema.ts";
import type { PostgresOptions } from "../place.ts";
import { STORE_SCHEMA } from "../schema.ts";
import { OutdatedDatabaseError } from "../schema-versions.ts";
import type { PostgresAddress } from "./address.ts";
import type { Ask, Connection } from "./connection.ts";
import { stateOf } from "./failures.ts";
import { readFacts, whyUnchangeable, whyUnusable } from "./server-facts.ts";
import {
	behindOf,
	knownOf,
	NOTHING,
	oldestFor,
	type Versions,
	versionsIn,
	whyNotYet,
	whyTooNew,
} from "./side-by-side.ts";
import { whyNotWhole } from "./whole-tables.ts";
import { areHidden, areOthers, isForeign, mayNotMake } from "./whose-tables.ts";

/** Of the lock under which one program at a time changes tables: "iotctl" in hexadecimal digits. */
const LOCK = "0x696f7463746c";
const VERSIONS =
	'CREATE TABLE schema_versions (module TEXT COLLATE "C" PRIMARY KEY, version BIGINT NOT NULL, oldest BIGINT)';
/** Since PostgreSQL came, and before there was a first release with it. */
const IS_FIRST = `SELECT 1 FROM pg_class WHERE oid = to_regclass('server_runs') AND NOT EXISTS (
	SELECT FROM pg_attribute WHERE attrelid = oid AND attname = 'schemas')`;
const FROM_FIRST = `ALTER TABLE schema_versions ADD COLUMN IF NOT EXISTS oldest BIGINT;
ALTER TABLE server_runs ADD COLUMN schemas JSONB NOT NULL DEFAULT '{}'`;
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

/** The tables of modules in a PostgreSQL database: which version they have, and how they get that of this program. */
export class PostgresVersions {
	readonly #address: PostgresAddress;
	readonly #schemas: readonly ModuleSchema[];
	readonly #mayBeNewer: boolean;
	readonly #waitMs: number;

	/**
	 * @param schemas What this program's modules keep in it; the store's own tables come first.
	 * @param options Whether nodes of a newer version may have brought it up to date.
	 * @param waitMs How long others may be at work on the tables.
	 */
	constructor(
		address: PostgresAddress,
		schemas: readonly ModuleSchema[],
		{ mayBeNewer = false }: Pick<PostgresOptions, "mayBeNewer"> = {},
		waitMs = TURN_WAIT_MS,
	) {
		this.#address = address;
		this.#schemas = [STORE_SCHEMA, ...schemas];
		this.#mayBeNewer = mayBeNewer;
		this.#waitMs = waitMs;
	}

	/** How many migrations of each module this program knows. */
	get known(): Record<string, number> {
		return knownOf(this.#schemas);
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
		if (versions !== undefined && (await ask(IS_FIRST)).length > 0) {
			await connection.run(FROM_FIRST, MIGRATION_MS).catch((error) => {
				throw this.#cannotMake(error, false);
			});
		}
		const problem = await whyNotYet(ask, behindOf(this.#schemas, versions));
		if (problem !== undefined) throw this.#refusal(problem);
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
			if (mayMake === false) throw this.#refusal(mayNotMake(this.#address));
			return false;
		}
		const behind = behindOf(this.#schemas, versions);
		if (behind.length > 0) {
			const problem = isToChange ? await whyNotYet(ask, behind) : undefined;
			if (problem !== undefined) throw this.#refusal(problem);
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
			if (Number(others) > 0) throw this.#refusal(isForeign(this.#address));
			if (typeof elsewhere === "string") throw this.#refusal(areHidden(this.#address, elsewhere));
			return undefined;
		}
		// As JSON: the first ones have no such column, and need none to be read.
		const read = "SELECT module, version, to_jsonb(at) ->> 'oldest' FROM schema_versions AS at";
		const rows = await ask(read).catch((error) => {
			if (stateOf(error) === DENIED) throw this.#refusal(areOthers(this.#address, String(owner)));
			throw stateOf(error).startsWith("42") ? this.#refusal(isForeign(this.#address)) : error;
		});
		const versions = versionsIn(rows);
		if (versions?.has(STORE_SCHEMA.module) !== true) throw this.#refusal(isForeign(this.#address));
		for (const schema of this.#schemas) {
			const now = versions.get(schema.module) ?? NOTHING;
			const problem = whyTooNew(schema, now, this.#mayBeNewer);
			if (problem !== undefined) throw this.#refusal(problem);
		}
		return versions;
	}

	async #migrate(connection: Connection, schema: ModuleSchema, versions: Versions): Promise<void> {
		const { module, migrations, postgres } = schema;
		if (postgres === undefined) throw new InvariantError(`${module} has no tables of PostgreSQL`);
		const { version } = versions?.get(module) ?? NOTHING;
		if (version >= migrations.length) return;
		if (version === 0) await connection.run(postgres.sql, MIGRATION_MS);
		for (const migration of migrations.slice(Math.max(version, postgres.steps))) {
			if (migration.postgres === undefined) {
				throw new InvariantError(`migration ${migration.name} of ${module} is not for PostgreSQL`);
			}
			await connection.run(migration.postgres, MIGRATION_MS);
		}
		await connection.ask(
			`INSERT INTO schema_versions VALUES ($1, $2, $3)
			ON CONFLICT (module) DO UPDATE SET version = excluded.version, oldest = excluded.oldest`,
			[module, migrations.length, oldestFor(schema)],
		);
	}

	async #checkTables(ask: Ask): Promise<void> {
		const problem = await whyNotWhole(ask, this.#schemas);
		if (problem !== undefined) throw this.#refusal(`${problem}: ${RESTORE}`);
	}

	#cannotMake(error: unknown, isNew: boolean): unknown {
		const state = stateOf(error);
		if (state === DENIED) {
			return this.#refusal(isNew ? mayNotMake(this.#address) : areOthers(this.#address));
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

	#refusal(reason: string): ConfigError {
		return new ConfigError(`Cannot use the database "${this.#address.text}": ${reason}`);
	}
}
