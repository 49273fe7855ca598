import { resolve } from "node:path";
import { logLevels } from "../config/mod.ts";
import {
	LogFile,
	onReloadAsked,
	PidFile,
	portOwner,
	type ServiceManager,
	serviceManager,
	USE_EXTERNAL,
	untilAskedToStop,
} from "../daemon/mod.ts";
import {
	ConfigError,
	createLogger,
	ListenError,
	type Log,
	type Logger,
	messageOf,
	reasonOf,
	visible,
} from "../kit/mod.ts";
import { functionsCaution, Server } from "../servers/mod.ts";
import { type Config, sharedPorts } from "../settings/mod.ts";
import { advise } from "./advice.ts";
import { banner } from "./banner.ts";
import { programWords } from "./invocation.ts";
import type { GlobalOptions } from "./options.ts";
import { iniText, readConfig, say } from "./read-config.ts";

/** Options of `start` itself. */
export interface StartOptions {
	/** File the log goes to instead of standard error. */
	readonly log?: string;
	/** Names of the server modules it is made of. */
	readonly servers: readonly string[];
}

/** `iotctl start`: runs until SIGINT or SIGTERM. @throws ConfigError when it cannot start. */
export async function start(
	options: GlobalOptions,
	{ log: logPath, servers }: StartOptions,
): Promise<void> {
	const configured = () => options.modules.configure(servers, readConfig(options));
	const config = configured();
	refuseSharedPorts(config);
	// Whatever a server writes is its user's alone.
	process.umask(0o077);
	const log = openLog(config, logPath);
	logStrayFailures(log);
	warnOfOldNames(options, log.component("server"));
	noteUnused(options, log.component("server"));
	if (config.log.format === "json") {
		const reason = 'read "component"; "room" has the same value and ends with this version';
		log.component("server").warn("outdated name of a log field", { reason });
	}
	const manager = serviceManager(process.env);
	const server = new Server(config, log, await options.modules.load(servers), {
		addAdmin: addAdminCommand(options),
	});
	const pidFile = PidFile.take(config.core.userdir);
	const stopAsked = untilAskedToStop();
	manager.tell("STATUS=starting");
	let stopTelling: () => void;
	try {
		await server.start();
		stopTelling = announce(options, { config, server, servers, log, pidFile, manager, logPath });
	} catch (error) {
		await server.stop();
		pidFile.release();
		throw withOwner(error);
	}
	onReloadAsked(() => {
		reload(options, { server, configured, manager, log: log.component("server") });
	});
	const signal = await stopAsked;
	log.component("server").info("stopping", { signal });
	stopTelling();
	manager.tell("STOPPING=1", "STATUS=finishing queued work");
	await server.stop();
	log.component("server").info("stopped");
	pidFile.release();
	process.exit(0);
}

/** A server that has started, and what it is announced to. */
interface Started {
	readonly config: Config;
	readonly server: Server;
	/** Names of its modules. */
	readonly servers: readonly string[];
	readonly log: Log;
	readonly pidFile: PidFile;
	readonly manager: ServiceManager;
	readonly logPath: string | undefined;
}

/**
 * Tells the commands of this machine, the terminal, the log and the service manager that the server is ready.
 * @returns what ends the signs of life.
 * @throws the system's error when the run file cannot be written.
 */
function announce(
	options: GlobalOptions,
	{ config, server, servers, log, pidFile, manager, logPath }: Started,
): () => void {
	const { addresses } = server;
	pidFile.describe({
		http: server.localAddresses.http,
		mqtt: server.localAddresses.mqtt,
		key: server.auth.localKey,
		ini: options.config === undefined ? null : resolve(options.config),
		manager: process.env.NOTIFY_SOCKET === undefined ? null : "systemd",
		servers: [...servers],
	});
	const ready = {
		addresses,
		database: server.store.path,
		pid: process.pid,
		hasAdmin: server.hasAdmin,
		ini: iniText(options),
		servers,
	};
	say(options, banner(config, ready, logPath !== undefined));
	log.component("server").info("ready", { ...addresses });
	const caution = servers.includes("csm") ? functionsCaution(config) : undefined;
	if (caution !== undefined) log.component("esm").warn(caution);
	return tellManager(manager, server);
}

/** Not left to the system, which lets HTTP and WebSocket share a port and each get half of the connections. */
function refuseSharedPorts(config: Config): void {
	const [rivals] = sharedPorts(config);
	if (rivals === undefined) return;
	const { first, second, port } = rivals;
	throw new ConfigError(
		`Cannot listen for ${second.what} on port ${port}: it is already used by ${first.what} (${first.setting}); change ${second.setting}`,
	);
}

/** Keys under the name they had until the last version work in this one. */
function warnOfOldNames({ modules, config }: GlobalOptions, log: Logger): void {
	const found = config === undefined ? [] : modules.ini.oldNames(config);
	for (const reason of found) log.warn("outdated name of a setting", { reason });
}

/** An ini of the original's says more than counts here. */
function noteUnused({ modules, config }: GlobalOptions, log: Logger): void {
	const found = config === undefined ? [] : modules.ini.unusedKeys(config);
	for (const reason of found) log.info("setting without effect", { reason });
}

/** What makes an admin of this server, typed anywhere on the machine. */
function addAdminCommand({ config }: GlobalOptions): string {
	const ini = config === undefined ? undefined : resolve(config);
	const command = advise("iotctl user add admin", ini, programWords(true));
	// A service has a user of its own, as which no commands are typed.
	const isService = process.env.NOTIFY_SOCKET !== undefined || process.getuid?.() === 0;
	return isService ? `sudo ${command}` : command;
}

function openLog(config: Config, path: string | undefined): Log {
	const options = { ...logLevels(config), format: config.log.format };
	if (path === undefined) return createLogger(options);
	try {
		return createLogger({ ...options, sink: new LogFile(resolve(path), config.log["max-file"]) });
	} catch (error) {
		throw new ConfigError(`Cannot write the log to "${path}": ${reasonOf(error)}`);
	}
}

/** Ready at once, and from then on a sign of life and a line for `systemctl status`. */
function tellManager(manager: ServiceManager, server: Server): () => void {
	manager.tell("READY=1", `STATUS=${summary(server)}`);
	if (manager.feedEveryMs === undefined) return () => {};
	const timer = setInterval(() => {
		// A server that goes on in appearance only is restarted, as one that hangs.
		const signs = server.state.isAlive ? ["WATCHDOG=1"] : [];
		manager.tell(...signs, `STATUS=${summary(server)}`);
	}, manager.feedEveryMs);
	return () => clearInterval(timer);
}

/** One line; a database that cannot be read must not keep the watchdog from being fed. */
function summary(server: Server): string {
	try {
		return visible(server.summary);
	} catch (error) {
		return `cannot read the status: ${messageOf(error)}`;
	}
}

/** What a reload concerns. */
interface Reloading {
	readonly server: Server;
	/** Reads the configuration. */
	readonly configured: () => Config;
	readonly manager: ServiceManager;
	readonly log: Logger;
}

/** Reads the ini again; an invalid one changes nothing. */
function reload(options: GlobalOptions, { server, configured, manager, log }: Reloading): void {
	const microseconds = process.hrtime.bigint() / 1000n;
	manager.tell("RELOADING=1", `MONOTONIC_USEC=${microseconds}`);
	try {
		const { applied, needRestart } = server.reload(configured());
		warnOfOldNames(options, log);
		log.info("configuration reloaded", { applied, need_restart: needRestart });
	} catch (error) {
		log.error("configuration rejected", { reason: messageOf(error) });
	}
	manager.tell("READY=1");
}

/** Adds who holds the port to a failed listen, where the system tells. */
function withOwner(error: unknown): unknown {
	if (!(error instanceof ListenError) || !error.isInUse) return error;
	const owner = portOwner(error.port);
	const stop = owner === undefined ? "" : `, or stop ${owner}, which uses it`;
	const use = error.what === "MQTT" ? `, or ${USE_EXTERNAL}` : "";
	return new ConfigError(`${error.message}${stop}${use}`);
}

// A gateway on a shelf goes on where it can; the log has what an operator must look into.
function logStrayFailures(log: Logger): void {
	const onFailure = (error: unknown) =>
		log.error("unexpected failure", {
			reason: messageOf(error),
			stack: error instanceof Error ? error.stack : undefined,
		});
	process.on("uncaughtException", onFailure);
	process.on("unhandledRejection", onFailure);
}
