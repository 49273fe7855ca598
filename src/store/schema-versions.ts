import type { Database } from "bun:sqlite";
import { getTableColumns, getTableName } from "drizzle-orm";
import { ConfigError, codeOf, messageOf } from "../kit/mod.ts";
import { sqliteColumns } from "./columns.ts";
import type { Migration, ModuleSchema } from "./module-schema.ts";
import { columnsOf, tablesOfOneHistory } from "./one-history.ts";
import { URL_SETTING } from "./place.ts";
import { STORE_SCHEMA } from "./schema.ts";

/** `user_version` of a database that keeps a version for each module; up to 9, all modules had one history. */
const LAYOUT = 10;
/** Its row in `schema_versions` says how much of that history the database has had. */
const ONE_HISTORY = "";

const VERSIONS = `CREATE TABLE schema_versions (
	module TEXT PRIMARY KEY NOT NULL,
	version INTEGER NOT NULL
) STRICT`;
const WHAT_TO_DO =
	"restore a backup with iotctl restore FILE, or move the file away to start with an empty database";

/** Another program's tables are in the database. */
export class ForeignDatabaseError extends ConfigError {}

/** Tables of an older version are in the database; a start brings them up to date. */
export class OutdatedDatabaseError extends ConfigError {}

/** How many migrations of each module a database has had. */
export class SchemaVersions {
	readonly #path: string;
	readonly #sqlite: Database;
	readonly #schemas: readonly ModuleSchema[];
	readonly #setting: string;
	/** Undefined: nothing is in it yet. */
	readonly #layout: "modules" | "one history" | undefined;
	readonly #rows: ReadonlyMap<string, number>;

	/**
	 * Reads the versions of an open database; changes nothing.
	 * @param schemas What this program's modules keep in it; the store's own tables come first.
	 * @param setting What names it in the ini.
	 * @throws ConfigError when another or a newer program made it.
	 */
	constructor(
		path: string,
		sqlite: Database,
		schemas: readonly ModuleSchema[],
		setting = URL_SETTING,
	) {
		this.#path = path;
		this.#setting = setting;
		this.#sqlite = sqlite;
		this.#schemas = [STORE_SCHEMA, ...schemas];
		const version = numberIn(sqlite, "PRAGMA user_version");
		if (version >= LAYOUT) {
			this.#layout = "modules";
			this.#rows = this.#readRows();
			if (version > LAYOUT) {
				throw this.#isNewer(`schema ${version}, this program knows ${LAYOUT}`);
			}
		} else if (version === 0 && numberIn(sqlite, "SELECT count(*) FROM sqlite_schema") === 0) {
			this.#layout = undefined;
			this.#rows = new Map();
		} else {
			this.#layout = "one history";
			this.#rows = new Map([[ONE_HISTORY, version]]);
			this.#needTables(version);
		}
		for (const schema of this.#schemas) this.#refuseNewer(schema);
	}

	/** Whether no program has put anything into the database yet. */
	get isEmpty(): boolean {
		return this.#layout === undefined;
	}

	/** Modules whose tables are older than this program's, or not there. */
	behind(): ModuleSchema[] {
		return this.#schemas.filter((schema) => this.#versionOf(schema) < schema.migrations.length);
	}

	/**
	 * Brings the tables of modules up to date, all or nothing.
	 * @throws ConfigError when a migration does not fit the tables that are there.
	 */
	update(): void {
		const behind = this.behind();
		if (behind.length === 0 && this.#layout === "modules") return;
		this.#sqlite.transaction(() => {
			this.#makeVersions();
			for (const schema of behind) {
				for (const migration of schema.migrations.slice(this.#versionOf(schema))) {
					this.#migrate(schema.module, migration);
				}
				this.#note(schema.module, schema.migrations.length);
			}
			this.#sqlite.run(`PRAGMA user_version = ${LAYOUT}`);
		})();
	}

	/** @throws ConfigError when a table or column is missing. */
	checkTables(): void {
		for (const { module, migrations, tables } of this.#schemas) {
			for (const table of Object.values(tables?.(sqliteColumns) ?? {})) {
				const names = Object.values(getTableColumns(table)).map(({ name }) => `[${name}]`);
				try {
					this.#sqlite.prepare(`SELECT ${names.join()} FROM [${getTableName(table)}]`).finalize();
				} catch (error) {
					throw this.#refusal(
						`its table ${getTableName(table)} is not that of schema ${migrations.length} of ${module} (${messageOf(error)}): ${WHAT_TO_DO}`,
					);
				}
			}
		}
	}

	#versionOf({ module, migrations }: ModuleSchema): number {
		const own = this.#rows.get(module);
		if (own !== undefined) return own;
		const former = this.#rows.get(ONE_HISTORY) ?? 0;
		return migrations.filter(({ formerly = Number.POSITIVE_INFINITY }) => formerly <= former)
			.length;
	}

	#makeVersions(): void {
		if (this.#layout === "modules") return;
		this.#sqlite.run(VERSIONS);
		const former = this.#rows.get(ONE_HISTORY) ?? 0;
		if (former > 0) this.#note(ONE_HISTORY, former);
	}

	#note(module: string, version: number): void {
		this.#sqlite
			.query("INSERT OR REPLACE INTO schema_versions (module, version) VALUES (?, ?)")
			.run(module, version);
	}

	#migrate(module: string, { name, sql }: Migration): void {
		try {
			this.#sqlite.run(sql);
		} catch (error) {
			if (codeOf(error) !== "SQLITE_ERROR") throw error;
			throw this.#refusal(
				`it cannot be brought up to date: migration "${name}" of ${module} does not fit its tables (${messageOf(error)}); nothing was changed: ${WHAT_TO_DO}`,
			);
		}
	}

	#refuseNewer(schema: ModuleSchema): void {
		const version = this.#versionOf(schema);
		const { module, migrations } = schema;
		if (version <= migrations.length) return;
		throw this.#isNewer(`schema ${version} of ${module}, this program knows ${migrations.length}`);
	}

	/** The versions of a database that keeps one for each module; that of the store, or of its time before, is there. */
	#readRows(): Map<string, number> {
		const columns = columnsOf(this.#sqlite, "schema_versions");
		if (!["module", "version"].every((name) => columns.includes(name))) throw this.#isForeign();
		const rows = this.#sqlite
			.query<{ module: string; version: number }, []>("SELECT module, version FROM schema_versions")
			.all();
		const versions = new Map(rows.map(({ module, version }) => [module, version]));
		if (!versions.has(STORE_SCHEMA.module) && !versions.has(ONE_HISTORY)) throw this.#isForeign();
		return versions;
	}

	/** A database of one history has what its migrations made: others use `user_version` as well. */
	#needTables(version: number): void {
		if (version <= 0) throw this.#isForeign();
		const wanted = [...tablesOfOneHistory(version, this.#schemas)].map(([table, columns]) => {
			const found = columnsOf(this.#sqlite, table);
			return { table, found, isOurs: columns.every((name) => found.includes(name)) };
		});
		const [first, ...others] = wanted.filter(({ isOurs }) => !isOurs);
		if (first === undefined) return;
		// A table of the same name does not make it one of ours.
		if (1 + others.length > wanted.length / 2) throw this.#isForeign();
		const { table, found } = first;
		throw this.#refusal(
			found.length === 0
				? `it is incomplete: schema ${version} has the table ${table} as well: ${WHAT_TO_DO}`
				: `its table ${table} is not that of schema ${version}: ${WHAT_TO_DO}`,
		);
	}

	#isForeign(): ConfigError {
		return new ForeignDatabaseError(
			`Cannot use the database "${this.#path}": it is a database of another program; choose another file with ${this.#setting}`,
		);
	}

	#isNewer(versions: string): ConfigError {
		return this.#refusal(
			`a newer version of iotctl wrote it (${versions}); use that version, or another userdir`,
		);
	}

	#refusal(reason: string): ConfigError {
		return new ConfigError(`Cannot use the database "${this.#path}": ${reason}`);
	}
}

function numberIn(sqlite: Database, query: string): number {
	const [found = 0] = sqlite.query<Record<string, unknown>, []>(query).values()[0] ?? [];
	return Number(found);
}
