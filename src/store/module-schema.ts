import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Columns } from "./columns.ts";

/** A step from one version of a module's tables to the next. */
export interface Migration {
	/** As in the name of its file, such as `accounts`. */
	readonly name: string;
	/** Statements of SQLite, run inside the transaction of all migrations of a start. */
	readonly sql: string;
	/**
	 * Which step it was, counted from 1, while all modules had one history, whose length databases of that time keep in
	 * `user_version`. Later migrations have none.
	 */
	readonly formerly?: number;
	/** The same statements for PostgreSQL; undefined: they are in {@link PostgresBase}. */
	readonly postgres?: string;
	/**
	 * How many migrations of the module a program has to know to use the tables from now on. Without it the migration only
	 * adds in PostgreSQL, and nodes of a cluster that do not know it yet go on (`docs/releasing.md`).
	 */
	readonly needs?: number;
}

/** PostgreSQL came later: what a module's first migrations make is made there by one script. */
export interface PostgresBase {
	readonly sql: string;
	/** How many migrations it stands for. */
	readonly steps: number;
}

/** What a module keeps in the database. Its version is the number of its migrations a database has had. */
export interface ModuleSchema {
	/** Such as `csm`; unique among the modules of a server. */
	readonly module: string;
	/** In order; they may use the tables of the store itself, which come first. */
	readonly migrations: readonly Migration[];
	/** Without it the module keeps nothing in PostgreSQL. */
	readonly postgres?: PostgresBase;
	/** As they are after all migrations; checked at every start: a database may have been changed by other programs. */
	readonly tables?: (columns: Columns) => Readonly<Record<string, SQLiteTable>>;
}
