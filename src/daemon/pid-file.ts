import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import {
	ConfigError,
	codeOf,
	DeniedError,
	FileLock,
	LockedError,
	makePrivateDirectory,
} from "../kit/mod.ts";

/** What a running server writes down for `status`, `stop` and `restart`. */
const RunInfo = Type.Object({
	pid: Type.Integer(),
	/** Where its HTTP API answers on this machine. */
	http: Type.String({ pattern: "^https?://" }),
	/** Where clients of the built-in or external broker connect, on this machine. */
	mqtt: Type.String(),
	/** Lets the command line of this machine in where logins are asked for. */
	key: Type.String(),
	/** Absolute path of the ini file it was started with; null for none. */
	ini: Type.Union([Type.String(), Type.Null()]),
	/** The service manager that starts it again when it ends. */
	manager: Type.Union([Type.Literal("systemd"), Type.Null()]),
	/** What it serves; versions before the project manager did not say, and were CSM. */
	servers: Type.Array(Type.String(), { default: ["csm"] }),
});
export type RunInfo = Static<typeof RunInfo>;

/** A server found running on a user directory. */
export interface Running {
	/** Undefined for a moment while it starts. */
	readonly pid: number | undefined;
	/** Undefined until it is ready. */
	readonly info: RunInfo | undefined;
}

/** Where the pid file of a user directory is. */
export const pidPath = (userdir: string) => join(userdir, "iotctl.pid");
const infoPath = (userdir: string) => join(userdir, "iotctl.run.json");

/**
 * The pid file of a running server. The kernel locks it for as long as the process lives, so a
 * reader knows that the process is ours, and a file left behind by a crash means nothing.
 */
export class PidFile {
	readonly #userdir: string;
	readonly #lock: FileLock;

	private constructor(userdir: string, lock: FileLock) {
		this.#userdir = userdir;
		this.#lock = lock;
	}

	/** @throws ConfigError when another server runs on the directory, or the file cannot be written. */
	static take(userdir: string): PidFile {
		try {
			makePrivateDirectory(userdir);
			const lock = FileLock.take(pidPath(userdir));
			rmSync(infoPath(userdir), { force: true });
			return new PidFile(userdir, lock);
		} catch (error) {
			if (!(error instanceof LockedError)) {
				throw DeniedError.from(`Cannot write "${pidPath(userdir)}"`, pidPath(userdir), error);
			}
			const holder = error.pid === undefined ? "another process" : `process ${error.pid}`;
			throw new ConfigError(
				`Cannot start with the user directory "${userdir}": it is already in use by ${holder}; stop it with "iotctl stop", or set another userdir in [core]`,
			);
		}
	}

	/** Says that the server is ready, and where. */
	describe(info: Omit<RunInfo, "pid">): void {
		const path = infoPath(this.#userdir);
		writeFileSync(`${path}.new`, `${JSON.stringify({ pid: process.pid, ...info })}\n`, {
			mode: 0o600,
		});
		renameSync(`${path}.new`, path);
	}

	/** The lock goes last: until then no other server starts. */
	release(): void {
		rmSync(infoPath(this.#userdir), { force: true });
		rmSync(pidPath(this.#userdir), { force: true });
		this.#lock.release();
	}
}

/**
 * The server that runs on a user directory; undefined when there is none.
 * @throws ConfigError when another user's directory cannot be looked into.
 */
export function findRunning(userdir: string): Running | undefined {
	try {
		const holder = FileLock.holder(pidPath(userdir));
		if (holder === "free") return undefined;
		const pid = holder === "unknown" ? undefined : holder;
		const info = readInfo(userdir);
		return { pid, info: info?.pid === pid ? info : undefined };
	} catch (error) {
		throw DeniedError.from(`Cannot look into "${userdir}"`, infoPath(userdir), error);
	}
}

function readInfo(userdir: string): RunInfo | undefined {
	try {
		const found: unknown = Value.Default(
			RunInfo,
			JSON.parse(readFileSync(infoPath(userdir), "utf8")),
		);
		return Value.Check(RunInfo, found) ? found : undefined;
	} catch (error) {
		if (error instanceof SyntaxError || codeOf(error) === "ENOENT") return undefined;
		throw error;
	}
}
