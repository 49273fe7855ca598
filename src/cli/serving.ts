import { resolve } from "node:path";
import type { LoginSessions } from "../auth/mod.ts";
import {
	onReloadAsked,
	PidFile,
	portOwner,
	type ServiceManager,
	USE_EXTERNAL,
} from "../daemon/mod.ts";
import { ConfigError, ListenError, type Log, type Logger, messageOf, visible } from "../kit/mod.ts";
import { functionsCaution, type Server } from "../servers/mod.ts";
import type { Config, Listener, Ports } from "../settings/mod.ts";
import { advise } from "./advice.ts";
import { banner } from "./banner.ts";
import { buildServer } from "./build-server.ts";
import { programWords } from "./invocation.ts";
import type { GlobalOptions } from "./options.ts";
import { iniText, say } from "./read-config.ts";
import { setupAddresses } from "./setup-address.ts";
import { refuseSharedPorts } from "./shared-ports.ts";

export interface ProgramDeps {
	readonly options: GlobalOptions;
	/** What it starts with. */
	readonly config: Config;
	/** Reads the configuration again. @throws ConfigError */
	readonly configured: (options: GlobalOptions) => Config;
	/** Names of the server modules. */
	readonly servers: readonly string[];
	readonly log: Log;
	/** File the log goes to. */
	readonly logPath: string | undefined;
	readonly manager: ServiceManager;
}

/** A server in operation. */
interface Running {
	readonly server: Server;
	readonly ports: Ports;
	readonly options: GlobalOptions;
	readonly config: Config;
	/** Ends the signs of life. */
	readonly stopTelling: () => void;
	/** Resolves with the ini, when the server is to be restarted with what it says. */
	readonly restartAsked: Promise<string>;
}

/** The process of a server, which outlives the server when that is restarted with another configuration. */
export class Program {
	readonly #deps: ProgramDeps;
	readonly #log: Logger;
	#pidFile: PidFile | undefined;
	#running: Running | undefined;

	constructor(deps: ProgramDeps) {
		this.#deps = deps;
		this.#log = deps.log.component("server");
	}

	/** Runs until it is asked to stop. @throws ConfigError when the server cannot start. */
	async run(stopAsked: Promise<NodeJS.Signals>): Promise<void> {
		const { config, manager, options } = this.#deps;
		let running = await this.#launch(options, config);
		onReloadAsked(() => this.#reload());
		for (;;) {
			const asked = await Promise.race([
				stopAsked.then((signal) => ({ signal })),
				running.restartAsked.then((ini) => ({ ini })),
			]);
			if ("ini" in asked) {
				running = await this.#relaunch(running, asked.ini);
				continue;
			}
			this.#log.info("stopping", { signal: asked.signal });
			running.stopTelling();
			manager.tell("STOPPING=1", "STATUS=finishing queued work");
			await running.server.stop();
			this.#log.info("stopped");
			this.#pidFile?.release();
			return;
		}
	}

	/** @param former Those of the server before, whose pages stay logged in. */
	async #launch(options: GlobalOptions, config: Config, former?: LoginSessions): Promise<Running> {
		const { servers, manager } = this.#deps;
		const { promise: restartAsked, resolve: restart } = Promise.withResolvers<string>();
		const ini = options.config === undefined ? undefined : resolve(options.config);
		const modules = await options.modules.load(servers, config);
		const server = await buildServer(config, this.#deps.log, modules, {
			addAdmin: addAdminCommand(options),
			host: { ini, restart },
		});
		if (former !== undefined) server.auth.sessions.adopt(former);
		this.#pidFile ??= PidFile.take(config.core.userdir);
		manager.tell("STATUS=starting");
		try {
			const ports = await server.start();
			const stopTelling = this.#announce(options, config, server);
			this.#running = { server, ports, options, config, stopTelling, restartAsked };
			return this.#running;
		} catch (error) {
			await server.stop();
			this.#pidFile.release();
			throw withOwner(error);
		}
	}

	#listeners(config: Config): Listener[] {
		const { options, servers } = this.#deps;
		return options.modules.listeners(servers, config);
	}

	/** With what the ini says now; where that cannot be, as before. */
	async #relaunch(former: Running, ini: string): Promise<Running> {
		this.#running = undefined;
		former.stopTelling();
		await former.server.stop();
		const { sessions } = former.server.auth;
		const options: GlobalOptions = { ...former.options, config: ini };
		try {
			const config = withPorts(this.#deps.configured(options), former.ports);
			refuseSharedPorts(config, this.#listeners(config));
			this.#log.info("restarting with the changed ini", { ini });
			return await this.#launch(options, config, sessions);
		} catch (error) {
			const reason = messageOf(error);
			this.#log.error("cannot start with the changed ini, keeping the current one", {
				ini,
				reason,
			});
			this.#pidFile = undefined;
			return this.#launch(former.options, former.config, sessions);
		}
	}

	/**
	 * Tells the commands of this machine, the terminal, the log and the service manager that the server is ready.
	 * @returns what ends the signs of life.
	 * @throws the system's error when the run file cannot be written.
	 */
	#announce(options: GlobalOptions, config: Config, server: Server): () => void {
		const { servers, log, logPath, manager } = this.#deps;
		const { addresses } = server;
		this.#pidFile?.describe({
			http: server.localAddresses.http,
			mqtt: server.localAddresses.mqtt,
			key: server.auth.localKey,
			ini: options.config === undefined ? null : resolve(options.config),
			manager: process.env.NOTIFY_SOCKET === undefined ? null : "systemd",
			servers: [...servers],
		});
		const isAskedFor = servers.includes("ccm") && !server.hasAdmin;
		// A key is for the person that started it: what is not a terminal may be a log.
		const setup =
			isAskedFor && process.stdout.isTTY
				? setupAddresses(config, addresses.http, server.auth.setupKeys.draw())
				: [];
		const ready = {
			addresses,
			database: server.store.path,
			pid: process.pid,
			hasAdmin: server.hasAdmin,
			ini: iniText(options),
			servers,
			setup,
		};
		say(options, banner(config, ready, logPath !== undefined));
		this.#log.info("ready", { ...addresses });
		const caution = servers.includes("csm") ? functionsCaution(config) : undefined;
		if (caution !== undefined) log.component("esm").warn(caution);
		return tellManager(manager, server);
	}

	/** Reads the ini again; an invalid one changes nothing. */
	#reload(): void {
		// One that is being restarted reads it anyway.
		if (this.#running === undefined) return;
		const { server, options } = this.#running;
		const { configured, manager } = this.#deps;
		const microseconds = process.hrtime.bigint() / 1000n;
		manager.tell("RELOADING=1", `MONOTONIC_USEC=${microseconds}`);
		try {
			const { applied, needRestart } = server.reload(configured(options));
			warnOfOldNames(options, this.#log);
			this.#log.info("configuration reloaded", { applied, need_restart: needRestart });
		} catch (error) {
			this.#log.error("configuration rejected", { reason: messageOf(error) });
		}
		manager.tell("READY=1");
	}
}

/** Clients know the ports that were free at the start. */
function withPorts(config: Config, ports: Ports): Config {
	const { core, "core-mqtt": mqtt, "core-ws": ws } = config;
	return {
		...config,
		core: { ...core, "http-port": core["http-port"] || ports.http },
		"core-mqtt": { ...mqtt, port: mqtt.port || ports.mqtt },
		"core-ws": { ...ws, port: ws.port || ports.ws },
	};
}

/** Keys under the name they had until the last version work in this one. */
export function warnOfOldNames({ modules, config }: GlobalOptions, log: Logger): void {
	const found = config === undefined ? [] : modules.ini.oldNames(config);
	for (const reason of found) log.warn("deprecated name of a setting", { reason });
}

/** What makes an admin of this server, typed anywhere on the machine. */
function addAdminCommand({ config }: GlobalOptions): string {
	const ini = config === undefined ? undefined : resolve(config);
	const command = advise("iotctl user add admin", ini, programWords(true));
	// A service has a user of its own, as which no commands are typed.
	const isService = process.env.NOTIFY_SOCKET !== undefined || process.getuid?.() === 0;
	return isService ? `sudo ${command}` : command;
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

/** Adds who holds the port to a failed listen, where the system tells. */
function withOwner(error: unknown): unknown {
	if (!(error instanceof ListenError) || !error.isInUse) return error;
	const owner = portOwner(error.port);
	const stop = owner === undefined ? "" : `, or stop ${owner}, which uses it`;
	const use = error.what === "MQTT" ? `, or ${USE_EXTERNAL}` : "";
	return new ConfigError(`${error.message}${stop}${use}`);
}
