import { findRunning, isSuspended } from "../daemon/mod.ts";
import { ConfigError, codeOf, DeniedError, messageOf } from "../kit/mod.ts";
import { startDetached } from "./detach.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { readConfig, readUserdir } from "./read-config.ts";
import { NotRunning, runningServer, suspended, waitFor } from "./running.ts";

/** A stop takes up to 8 s for what is in progress, and some time to close connections. */
const STOP_TIMEOUT_MS = 15_000;

/** `iotctl stop`: as SIGTERM does; done when the process is gone. Not running is fine too. */
export async function stop(options: GlobalOptions): Promise<void> {
	const userdir = readUserdir(options);
	const pid = findRunning(userdir)?.pid;
	if (pid === undefined) {
		print(`not running (no server uses ${userdir})\n`);
		return;
	}
	await end(userdir, pid);
	print(`stopped (pid ${pid})\n`);
}

/** `iotctl restart`: stops the server if one runs, and starts one in the background with the same ini. */
export async function restart(options: GlobalOptions): Promise<void> {
	readConfig(options);
	const userdir = readUserdir(options);
	const running = findRunning(userdir);
	if (running?.info?.manager === "systemd") {
		throw new ConfigError("systemd manages this server; use: systemctl restart iotctl");
	}
	const known = running?.info?.ini ?? undefined;
	const config = options.origin === "-c" ? options.config : (known ?? options.config);
	const again = { ...options, ...(config !== undefined && { config }) };
	// A server that runs is not stopped for an ini that the next one would refuse.
	readConfig(again);
	if (running?.pid !== undefined) await end(userdir, running.pid);
	await startDetached(again, running?.info?.servers ?? options.modules.names);
}

/** `iotctl reload`: the server reads its ini again. @throws NotRunning when there is none. */
export function reload(options: GlobalOptions): void {
	const { pid, ini } = runningServer(readUserdir(options));
	// It would only log that the ini is invalid.
	if (ini !== null) readConfig({ modules: options.modules, config: ini });
	if (isSuspended(pid)) throw new NotRunning(suspended(pid), 4);
	signal(pid, "SIGHUP");
	const what = ini === null ? "the defaults (it was started without an ini)" : ini;
	print(`asked process ${pid} to reload ${what}; see its log for what changed\n`);
}

async function end(userdir: string, pid: number): Promise<void> {
	signal(pid, "SIGTERM");
	const isGone = () => findRunning(userdir)?.pid !== pid;
	await waitFor(() => isGone() || isSuspended(pid), STOP_TIMEOUT_MS);
	if (isGone()) return;
	if (isSuspended(pid)) throw new ConfigError(`${suspended(pid)}; it will stop then`);
	throw new ConfigError(
		`process ${pid} does not stop; see its log, or kill it with: kill -9 ${pid}`,
	);
}

function signal(pid: number, name: NodeJS.Signals): void {
	try {
		process.kill(pid, name);
	} catch (error) {
		if (codeOf(error) === "ESRCH") return;
		const what = `Cannot signal process ${pid}`;
		if (codeOf(error) === "EPERM") throw new DeniedError(what, `/proc/${pid}`, error);
		throw new ConfigError(`${what}: ${messageOf(error)}`);
	}
}
