// Debian's PostgreSQL for tests: on a free port, with a directory of its own, as a user without rights when root.
import { spawnSync } from "node:child_process";
import {
	appendFileSync,
	chownSync,
	existsSync,
	mkdirSync,
	readdirSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { SQL, type Subprocess } from "bun";
import { freePort, onFreePort } from "./ports.ts";
import { needs } from "./programs.ts";
import { until, within } from "./waiting.ts";

const VERSIONS = "/usr/lib/postgresql";
/** Whom PostgreSQL runs as when the tests are root's, who may not run it. */
const USER = "postgres";
const ADMIN = "iottalk";
/** Logs in with a password only. */
export const LOCKED = { user: "locked", password: "long and secret" };

/** The directory of the newest version's programs; undefined: none is installed. */
function programs(): string | undefined {
	if (!existsSync(VERSIONS)) return undefined;
	const found = readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a));
	return found
		.map((version) => join(VERSIONS, version, "bin"))
		.find((folder) => existsSync(join(folder, "initdb")));
}

const PROGRAMS = programs();

/** Whether there is one; the run says so at its end when there is none. */
export const hasPostgres = (): boolean =>
	needs(PROGRAMS !== undefined, "postgresql is not installed");

/** Where a program of PostgreSQL is, such as `pg_dump`. */
const postgresProgram = (name: string): string => join(PROGRAMS ?? "", name);

/** A command as the user PostgreSQL runs as. */
function asUser(name: string, ...args: string[]): string[] {
	return withoutRights(postgresProgram(name), ...args);
}

/** A command as a user without rights, where the tests are root's. */
export function withoutRights(...program: string[]): string[] {
	if (process.getuid?.() !== 0) return program;
	return ["setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--clear-groups", ...program];
}

/** An empty directory that belongs to the user PostgreSQL runs as. */
function dataFolder(folder: string): string {
	const data = join(folder, "postgres");
	mkdirSync(data, { mode: 0o700 });
	if (process.getuid?.() === 0) {
		const ids = ["-u", "-g"].map((flag) => Number(spawnSync("id", [flag, USER]).stdout));
		chownSync(data, ids[0] ?? 0, ids[1] ?? 0);
	}
	return data;
}

/** Runs a program of PostgreSQL to its end. */
function runAsUser(name: string, ...args: string[]): void {
	const [program = "", ...rest] = asUser(name, ...args);
	const ran = spawnSync(program, rest, { cwd: "/", encoding: "utf8" });
	if (ran.status !== 0) throw new Error(`${name}: ${ran.stderr}`);
}

/** A PostgreSQL server that everyone on this machine may use. */
export class PostgresServer {
	#process: Subprocess | undefined;
	#made = 0;

	private constructor(
		readonly folder: string,
		readonly port: number,
		readonly settings: readonly string[],
	) {}

	/** @param folder Existing, everyone may enter it. @param settings Such as `ssl=on`. */
	static async start(folder: string, settings: readonly string[] = []): Promise<PostgresServer> {
		const data = dataFolder(folder);
		runAsUser(
			"initdb",
			...["-D", data, "-U", ADMIN, "-A", "trust", "-E", "UTF8", "--no-locale"],
			...["--no-sync", "--no-instructions"],
		);
		appendFileSync(join(data, "pg_hba.conf"), "# The first line that fits counts: see lock().\n");
		return onFreePort(async (port) => {
			const server = new PostgresServer(data, port, settings);
			await server.run();
			return server;
		});
	}

	/** Starts a standby of this server, which from then on answers no commit that the standby does not have. */
	async standby(folder: string): Promise<PostgresServer> {
		const data = dataFolder(folder);
		runAsUser(
			"pg_basebackup",
			...["-D", data, "-h", "127.0.0.1", "-p", String(this.port), "-U", ADMIN],
			...["--write-recovery-conf", "--checkpoint=fast", "--no-sync"],
		);
		const standby = new PostgresServer(data, await freePort(), []);
		await standby.run();
		await this.ask("ALTER SYSTEM SET synchronous_standby_names = '*'");
		await this.ask("SELECT pg_reload_conf()");
		const synchronous = "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'";
		await until(async () => (await this.ask(synchronous)).length > 0, "the standby");
		return standby;
	}

	get pid(): number {
		return this.#process?.pid ?? 0;
	}

	/** The address of a database. */
	url(database: string, user = ADMIN, port = this.port): string {
		return `postgres://${user}@127.0.0.1:${port}/${database}`;
	}

	/** Starts the process (again) and waits until it takes connections. @throws Error when it ends at once. */
	async run(): Promise<void> {
		const settings = [
			...["fsync=off", "listen_addresses=127.0.0.1", "unix_socket_directories="],
			...["max_connections=100", "shared_buffers=16MB", ...this.settings],
		];
		const child = Bun.spawn(
			asUser(
				"postgres",
				...["-D", this.folder, "-p", String(this.port)],
				...settings.flatMap((setting) => ["-c", setting]),
			),
			{ stdout: "ignore", stderr: Bun.file(join(this.folder, "..", "postgres.log")) },
		);
		this.#process = child;
		await until(async () => child.exitCode !== null || (await this.answersOn()), "PostgreSQL");
		if (child.exitCode !== null) throw new Error(`PostgreSQL ended with code ${child.exitCode}`);
	}

	/** Whether this server, and not that of another test, answers on a port. */
	answersOn(port = this.port): Promise<boolean> {
		return this.ask("SHOW data_directory", "postgres", port).then(
			([row]) => row?.data_directory === this.folder,
			() => false,
		);
	}

	/** Ends it: at once with all connections, or as if its machine had crashed (SIGQUIT). */
	async stop(signal: NodeJS.Signals = "SIGINT"): Promise<void> {
		this.#process?.kill(signal);
		if (this.#process !== undefined) await within(this.#process.exited, "the end of PostgreSQL");
		this.#process = undefined;
	}

	/** Stops it and removes all it has. */
	async dispose(): Promise<void> {
		await this.stop("SIGQUIT");
		rmSync(this.folder, { recursive: true, force: true });
		rmSync(join(this.folder, "..", "postgres.log"), { force: true });
	}

	/** Makes an empty database. @param words Such as `ENCODING 'LATIN1'`. @returns its name. */
	async database(words = ""): Promise<string> {
		this.#made += 1;
		const name = `test_${process.pid}_${this.#made}_${Math.random().toString(36).slice(2, 8)}`;
		await this.ask(`CREATE DATABASE ${name} ${words}`);
		return name;
	}

	/** Asks it something as another program would. @returns rows as objects. */
	async ask(
		text: string,
		database = "postgres",
		port = this.port,
	): Promise<Record<string, unknown>[]> {
		const sql = new SQL({
			url: `${this.url(database, ADMIN, port)}?sslmode=disable`,
			max: 1,
			connectionTimeout: 20,
			prepare: false,
		});
		try {
			return [...(await within(sql.unsafe(text), "an answer of PostgreSQL"))];
		} finally {
			await sql.close({ timeout: 0 });
		}
	}

	/** Ends all connections to a database but this one. @returns how many there were. */
	async cut(database: string): Promise<number> {
		const ended = await this.ask(
			`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}' AND pid <> pg_backend_pid()`,
			database,
		);
		return ended.length;
	}

	/** From now on it takes encrypted connections too, with this certificate. */
	async encrypt({ cert, key }: { cert: string; key: string }): Promise<void> {
		const { uid, gid } = statSync(this.folder);
		for (const [name, text] of Object.entries({ "server.crt": cert, "server.key": key })) {
			const path = join(this.folder, name);
			writeFileSync(path, text, { mode: 0o600 });
			chownSync(path, uid, gid);
		}
		await this.ask("ALTER SYSTEM SET ssl = on");
		const before = await this.#timeOfSettings();
		await this.ask("SELECT pg_reload_conf()");
		await until(async () => (await this.#timeOfSettings()) !== before, "the certificate");
	}

	async #timeOfSettings(): Promise<string> {
		const [row] = await this.ask("SELECT pg_conf_load_time()::text AS at");
		return String(row?.at);
	}

	/** Makes a user that needs its password, and owns a database. */
	async lock(database: string): Promise<void> {
		await this.ask(`CREATE USER ${LOCKED.user} PASSWORD '${LOCKED.password}'`);
		await this.ask(`ALTER DATABASE ${database} OWNER TO ${LOCKED.user}`);
		const hba = join(this.folder, "pg_hba.conf");
		const lines = await Bun.file(hba).text();
		// Written in place: it stays PostgreSQL's own file.
		await Bun.write(hba, `host all ${LOCKED.user} 127.0.0.1/32 scram-sha-256\n${lines}`);
		await this.ask("SELECT pg_reload_conf()");
	}
}
