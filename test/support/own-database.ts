// The database of a server under test: a file in its directory, or one in the PostgreSQL that
// `scripts/with-postgres.ts` has started (IOTCTL_DATABASE=postgres).
import { Database } from "bun:sqlite";
import { SQL } from "bun";
import { within } from "./waiting.ts";

export const TESTS_POSTGRES = process.env.IOTCTL_DATABASE === "postgres";
/** `postgres://USER@HOST:PORT`. */
const POSTGRES = process.env.IOTCTL_POSTGRES ?? "";

export type Rows = readonly Record<string, unknown>[];

/** An empty database. */
export interface OwnDatabase {
	/** What a server's ini says of it: nothing for a file. */
	readonly ini: Readonly<Record<string, Readonly<Record<string, string>>>>;
	/** Undefined for a file. */
	readonly url: string | undefined;
	/** The same as a section. @param name Another section than that of all servers, such as `gui-db`. */
	section(name?: "core-db" | "gui-db"): string;
	drop(): Promise<void>;
}

/** Where the environment asks for PostgreSQL: an empty database there. */
export async function ownDatabase(): Promise<OwnDatabase> {
	if (!TESTS_POSTGRES) {
		return { ini: {}, url: undefined, section: () => "", drop: async () => {} };
	}
	const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
	const url = `${POSTGRES}/${name}`;
	await askAt(`${POSTGRES}/postgres`, `CREATE DATABASE ${name}`);
	return {
		ini: { "core-db": { type: "postgres", url } },
		url,
		section: (section = "core-db") =>
			`[${section}]\n${section === "core-db" ? "type = postgres\n" : ""}url = ${url}\n`,
		drop: async () => {
			await askAt(`${POSTGRES}/postgres`, `DROP DATABASE ${name} WITH (FORCE)`);
		},
	};
}

/**
 * Does something with a server's database, as another program would.
 * @param place File, or address. @param work Gets what runs a statement.
 */
export async function inDatabaseAt<T>(
	place: string,
	work: (ask: (statement: string) => Promise<Rows>) => Promise<T>,
): Promise<T> {
	if (!TESTS_POSTGRES) {
		const file = new Database(place);
		const ask = async (statement: string) =>
			file.query<Record<string, unknown>, []>(statement).all();
		return work(ask).finally(() => file.close());
	}
	const sql = open(place);
	const ask = async (statement: string): Promise<Rows> => [
		...(await within(sql.unsafe(statement), "an answer of PostgreSQL")),
	];
	return work(ask).finally(() => sql.close({ timeout: 0 }));
}

/** All that a server's database says, as text. */
export async function storedTextAt(place: string): Promise<string> {
	if (!TESTS_POSTGRES) return Bun.file(place).text();
	return inDatabaseAt(place, async (ask) => {
		const tables = await ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
		const rows = [];
		for (const { tablename } of tables) rows.push(await ask(`SELECT * FROM "${tablename}"`));
		return JSON.stringify(rows);
	});
}

/** Waits until the database has done with everything that a server asked before it was killed. */
export async function afterKill(ask: (statement: string) => Promise<Rows>): Promise<void> {
	if (!TESTS_POSTGRES) return;
	const others =
		"SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
	const quiet = async () => {
		while ((await ask(others)).length > 0) await Bun.sleep(5);
	};
	await within(quiet(), "the end of the killed server's connections");
}

async function askAt(url: string, statement: string): Promise<void> {
	const sql = open(url);
	await sql.unsafe(statement).finally(() => sql.close({ timeout: 0 }));
}

const open = (url: string) => new SQL({ url: `${url}?sslmode=disable`, max: 1, prepare: false });
