import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findRunning } from "../daemon/mod.ts";
import { ConfigError, DeniedError, makePrivateDirectory, selfCommand } from "../kit/mod.ts";
import type { Config } from "../settings/mod.ts";
import type { GlobalOptions } from "./options.ts";
import { readConfig, say } from "./read-config.ts";
import { waitFor } from "./running.ts";

const READY_TIMEOUT_MS = 30_000;

/**
 * `iotctl start --detach`: starts the server in the background and waits until it is ready.
 * @throws ConfigError when it ends before, or is not ready in time, in which case it goes on starting: bringing a
 * large database up to date must not be interrupted.
 * @param servers Names of the server modules it is made of.
 */
export async function startDetached(
	options: GlobalOptions,
	servers: readonly string[],
	readyTimeoutMs = READY_TIMEOUT_MS,
): Promise<void> {
	const config = readConfig(options);
	const running = findRunning(config.core.userdir);
	if (running !== undefined) {
		throw new ConfigError(
			`the user directory "${config.core.userdir}" is already in use by process ${running.pid}; see: iotctl status`,
		);
	}
	say(options, await launch(options, { config, servers, readyTimeoutMs }));
}

interface Launch {
	readonly config: Config;
	readonly servers: readonly string[];
	readonly readyTimeoutMs: number;
}

/** Starts the server in the background. @returns its banner. @throws ConfigError with its words when it fails. */
async function launch(
	options: GlobalOptions,
	{ config, servers, readyTimeoutMs }: Launch,
): Promise<string> {
	const { userdir } = config.core;
	const logPath = join(userdir, "iotctl.log");
	const outPath = join(config.core.userdir, `iotctl.start-${process.pid}`);
	const out = openOutput(outPath, userdir);
	const child = Bun.spawn(
		[
			...selfCommand(),
			...(options.debug ? ["--debug"] : []),
			...(options.config === undefined ? [] : ["--config", options.config]),
			...["start", "--log", logPath, ...servers],
		],
		// A session of its own: it outlives the terminal. Its hints are about what was typed here.
		{ argv0: process.argv0, detached: true, stdio: ["ignore", out, out] },
	);
	// This command ends although the server runs on, however far it has come.
	child.unref();
	closeSync(out);
	let ended = false;
	void child.exited.then(() => {
		ended = true;
	});
	const isReady = () => findRunning(userdir)?.info?.pid === child.pid;
	// Printed right after the run file is written, by which others find the server.
	const hasBanner = () => readFileSync(outPath, "utf8").includes(`(pid ${child.pid})`);
	await waitFor(() => ended || (isReady() && hasBanner()), readyTimeoutMs);
	const said = readFileSync(outPath, "utf8");
	rmSync(outPath, { force: true });
	if (!isReady()) {
		if (!ended) throw new ConfigError(`process ${child.pid} is still starting; see ${logPath}`);
		throw new ConfigError(
			said.replace(/^iotctl: /, "").trim() || `the server did not start; see ${logPath}`,
		);
	}
	return `${said.trimEnd()}\n\nLog: ${logPath}\n`;
}

function openOutput(path: string, userdir: string): number {
	try {
		makePrivateDirectory(userdir);
		return openSync(path, "w+", 0o600);
	} catch (error) {
		throw DeniedError.from(`Cannot write to the user directory "${userdir}"`, path, error);
	}
}
