// The databases a store may be in: a file, and PostgreSQL where it is installed.
import { Database as Sqlite } from "bun:sqlite";
import { afterAll, beforeAll } from "bun:test";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kind } from "./kinds.ts";
import { hasPostgres, PostgresServer } from "./postgres-server.ts";
import { TEST_MS } from "./waiting.ts";

/** An empty database, also as other programs see it. */
export interface TestDatabase {
	readonly url: string;
	/** Changes it behind the back of the program that has it open. */
	change(...statements: string[]): Promise<void>;
	rows(query: string): Promise<Record<string, unknown>[]>;
}

/** Makes an empty database for a server of a directory. */
export type MakeDatabase = (userdir: string) => Promise<TestDatabase>;

/**
 * To be called while tests are being defined, for `describeEach`: what makes a database of each kind. One PostgreSQL
 * serves all tests of the file.
 */
export function eachDatabase(): Kind<MakeDatabase>[] {
	const isHere = hasPostgres();
	return [
		["SQLite", sqliteIn, true],
		["PostgreSQL", isHere ? inPostgres(postgresForAll()) : sqliteIn, isHere],
	];
}

function inPostgres(postgres: ReturnType<typeof postgresForAll>): MakeDatabase {
	return async () => {
		const name = await postgres.server.database();
		return {
			url: postgres.server.url(name),
			change: async (...statements) => {
				for (const statement of statements) await postgres.server.ask(statement, name);
			},
			rows: (query) => postgres.server.ask(query, name),
		};
	};
}

/** To be called while tests are being defined: a PostgreSQL that is there in each of them. */
export function postgresForAll(settings: readonly string[] = []): {
	readonly server: PostgresServer;
} {
	const now = {} as { folder: string; server: PostgresServer };
	beforeAll(async () => {
		now.folder = mkdtempSync(join(tmpdir(), "iotctl-pg-"));
		// It runs as another user where the tests are root's.
		chmodSync(now.folder, 0o755);
		now.server = await PostgresServer.start(now.folder, settings);
	}, TEST_MS);
	afterAll(async () => {
		await now.server?.dispose();
		rmSync(now.folder, { recursive: true, force: true });
	}, TEST_MS);
	return now;
}

async function sqliteIn(userdir: string): Promise<TestDatabase> {
	const url = "test.db";
	const inFile = <T>(work: (sqlite: Sqlite) => T): T => {
		const sqlite = new Sqlite(join(userdir, url));
		try {
			return work(sqlite);
		} finally {
			sqlite.close();
		}
	};
	return {
		url,
		change: async (...statements) =>
			inFile((sqlite) => {
				for (const statement of statements) sqlite.run(statement);
			}),
		rows: async (query) =>
			inFile((sqlite) => sqlite.query<Record<string, unknown>, []>(query).all()),
	};
}
