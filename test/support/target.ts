// The server under test: in this process from source, or the compiled binary (IOTCTL_TARGET=binary),
// with the embedded broker, or with a mosquitto of its own (IOTCTL_BROKER=external); with its database in a file, or in
// the PostgreSQL that `scripts/with-postgres.ts` has started (IOTCTL_DATABASE=postgres).
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Subprocess } from "bun";
import { buildServer } from "../../src/cli/build-server.ts";
import { logLevels } from "../../src/config/mod.ts";
import { createLogger } from "../../src/kit/log.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";
import { encryptionOf } from "../../src/settings/mod.ts";
import { Mosquitto } from "./mosquitto.ts";
import { OutputFile } from "./output-file.ts";
import {
	inDatabaseAt,
	ownDatabase,
	type Rows,
	storedTextAt,
	TESTS_POSTGRES,
} from "./own-database.ts";
import { freePort } from "./ports.ts";
import { within } from "./waiting.ts";

const { ini: INI } = SERVER_MODULES;

export const BINARY = join(import.meta.dir, "../../dist/iotctl");
/** PATH where it is installed: what it advises then begins with `iotctl`. */
export const PATH_WITH_BINARY = `${dirname(BINARY)}:${process.env.PATH ?? ""}`;
const TESTS_BINARY = process.env.IOTCTL_TARGET === "binary";
/** What servers under test have for engines, unless a test says. */
const ENGINES = process.env.IOTCTL_ENGINES;
export const TESTS_EXTERNAL = process.env.IOTCTL_BROKER === "external";

/** Keys to set in the ini, by section. */
export type IniChanges = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

export interface Target {
	/** `http://127.0.0.1:<port>` */
	readonly http: string;
	readonly mqtt: string;
	readonly ws: string;
	readonly userdir: string;
	/** Undefined when the server runs in this process. */
	readonly process: Subprocess | undefined;
	/** Everything the log said so far. */
	log(): string;
	/** Reads the ini again, as SIGHUP does. */
	reload(): void;
	/** Stops as SIGTERM does. */
	stop(): Promise<void>;
	/**
	 * Stops and starts again with the same ports and database.
	 * @param meanwhile What happens while the server is down.
	 * @param changed Keys of the ini that are set from then on.
	 */
	restart(meanwhile?: () => Promise<void> | void, changed?: IniChanges): Promise<Target>;
	/** Stops and removes the user directory. */
	dispose(): Promise<void>;
}

/** Starts a server on free ports with a database of its own. */
export async function startTarget(changes: IniChanges = {}): Promise<Target> {
	const userdir = mkdtempSync(join(tmpdir(), "iotctl-test-"));
	const start = TESTS_BINARY ? spawnBinary : runInProcess;
	const database = await ownDatabase();
	const own = merge(database.ini, changes);
	const mosquitto = TESTS_EXTERNAL ? await Mosquitto.start(userdir) : undefined;
	const end = async () => {
		await mosquitto?.stop();
		await database.drop();
	};
	try {
		return await launch(start, userdir, merge(own, mosquitto?.ini ?? {}), end);
	} catch (error) {
		await end();
		rmSync(userdir, { recursive: true, force: true });
		throw error;
	}
}

/**
 * Starts the compiled binary with the embedded broker, whatever the environment asks for.
 * @param prefix A program with arguments that runs it, such as `prlimit --nofile=200`.
 */
export async function startBinary(
	changes: IniChanges = {},
	prefix: readonly string[] = [],
): Promise<Target> {
	const userdir = mkdtempSync(join(tmpdir(), "iotctl-binary-"));
	return launchOwn((ini) => spawnBinary(ini, {}, prefix), userdir, changes);
}

/** Starts the compiled binary with the project manager beside CSM. */
export async function startWithCcm(changes: IniChanges = {}): Promise<Target> {
	const userdir = mkdtempSync(join(tmpdir(), "iotctl-ccm-"));
	return launchOwn((ini) => spawnBinary(ini, {}, [], ["csm", "ccm"]), userdir, changes);
}

async function launchOwn(start: Start, userdir: string, changes: IniChanges): Promise<Target> {
	const database = await ownDatabase();
	const own = merge(database.ini, changes);
	try {
		return await launch(start, userdir, own, () => database.drop());
	} catch (error) {
		// A server that was refused leaves nothing behind.
		rmSync(userdir, { recursive: true, force: true });
		throw error;
	}
}

/** Does something with a server's database, as another program would. @param work Gets what runs a statement. */
export function inDatabase<T>(
	target: Pick<Target, "userdir">,
	work: (ask: (statement: string) => Promise<Rows>) => Promise<T>,
): Promise<T> {
	return inDatabaseAt(databaseOf(target), work);
}

/** All that a server's database says, as text. */
export function storedText(target: Pick<Target, "userdir">): Promise<string> {
	return storedTextAt(databaseOf(target));
}

function databaseOf({ userdir }: Pick<Target, "userdir">): string {
	if (!TESTS_POSTGRES) return join(userdir, "iottalk.db");
	return INI.load(join(userdir, "test.ini"))["core-db"].url;
}

type Start = (ini: string) => Promise<Run & { process?: Subprocess }>;

async function launch(
	start: Start,
	userdir: string,
	changes: IniChanges,
	end: () => Promise<void> = async () => {},
): Promise<Target> {
	const ini = join(userdir, "test.ini");
	writeFileSync(ini, await renderIni(userdir, changes));
	const run = await start(ini);
	let running = true;
	const stop = async () => {
		if (!running) return;
		running = false;
		await run.stop();
	};
	const ports = {
		core: { "http-port": run.ports.http },
		"core-mqtt": { port: run.ports.mqtt },
		"core-ws": { port: run.ports.ws },
	};
	const config = INI.load(ini);
	const isEncrypted = encryptionOf(config);
	const scheme = (name: "http" | "mqtt" | "ws") => (isEncrypted[name] ? `${name}s` : name);
	return {
		http: `${scheme("http")}://127.0.0.1:${run.ports.http}`,
		mqtt: `${scheme("mqtt")}://127.0.0.1:${run.ports.mqtt}`,
		ws: `${scheme("ws")}://127.0.0.1:${run.ports.ws}`,
		userdir,
		process: run.process,
		log: run.log,
		reload: run.reload,
		stop,
		restart: async (meanwhile, changed = {}) => {
			await stop();
			await meanwhile?.();
			return launch(start, userdir, merge(merge(changes, ports), changed), end);
		},
		dispose: async () => {
			await stop();
			await end();
			rmSync(userdir, { recursive: true, force: true });
		},
	};
}

interface Run {
	readonly ports: { http: number; mqtt: number; ws: number };
	log(): string;
	reload(): void;
	stop(): Promise<void>;
}

async function runInProcess(ini: string): Promise<Run> {
	const config = INI.load(ini);
	const lines: string[] = [];
	const log = createLogger({
		...logLevels(config),
		format: config.log.format,
		write: (line) => void lines.push(line),
	});
	const server = await buildServer(config, log, await SERVER_MODULES.load(["csm"]));
	const ports = await server.start();
	return {
		ports,
		log: () => lines.join(""),
		reload: () => void server.reload(INI.load(ini)),
		stop: () => server.stop(),
	};
}

/** A running compiled binary and what it printed. */
export interface Spawned extends Run {
	readonly process: Subprocess;
	readonly banner: string;
}

/**
 * Starts the compiled binary and waits for its banner.
 * @param servers What it starts; none for all.
 */
export async function spawnBinary(
	ini: string,
	env: Record<string, string> = {},
	prefix: readonly string[] = [],
	servers: readonly string[] = ["csm"],
): Promise<Spawned> {
	const log = new OutputFile();
	const child = Bun.spawn([...prefix, BINARY, "-c", ini, "start", ...servers], {
		env: { ...process.env, ...env },
		stdin: "ignore",
		stdout: "pipe",
		stderr: log.fd,
	});
	void child.exited.then(() => log.close());
	const banner = await within(readBanner(child), "the banner").catch((error: Error) => {
		child.kill("SIGKILL");
		throw new Error(`${error.message}\n${log.text}`);
	});
	const port = (scheme: string) =>
		Number(new RegExp(`${scheme}s?://[^:]+:(\\d+)`).exec(banner)?.[1]);
	return {
		process: child,
		banner,
		ports: { http: port("http"), mqtt: port("mqtt"), ws: port("ws") },
		log: () => log.text,
		reload: () => child.kill("SIGHUP"),
		stop: async () => {
			child.kill("SIGTERM");
			await within(child.exited, "the server's end").finally(() => child.kill("SIGKILL"));
		},
	};
}

async function readBanner(child: Subprocess<"ignore", "pipe", number>): Promise<string> {
	let banner = "";
	for await (const chunk of child.stdout) {
		banner += new TextDecoder().decode(chunk);
		if (/mosquitto_sub|the broker of CSM[\s\S]*└─ Access/.test(banner)) return banner;
	}
	throw new Error(`The server ended with code ${await child.exited}`);
}

async function renderIni(userdir: string, changes: IniChanges): Promise<string> {
	// None that the kernel gives: another test's server could have it when this one starts again.
	const base = {
		core: { userdir, "http-port": await freePort() },
		"core-mqtt": { port: await freePort() },
		"core-ws": { port: await freePort() },
		log: { level: "debug" },
		...(ENGINES !== undefined && { esm: { engines: ENGINES } }),
	};
	return Object.entries(merge(base, changes))
		.map(([section, keys]) => {
			const lines = Object.entries(keys).map(([key, value]) => `${key} = ${value}`);
			return [`[${section}]`, ...lines, ""].join("\n");
		})
		.join("\n");
}

function merge(base: IniChanges, changes: IniChanges): IniChanges {
	const names = new Set([...Object.keys(base), ...Object.keys(changes)]);
	return Object.fromEntries([...names].map((name) => [name, { ...base[name], ...changes[name] }]));
}
