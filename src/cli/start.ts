import { serviceManager, untilAskedToStop } from "../daemon/mod.ts";
import type { Logger } from "../kit/mod.ts";
import { openServerLog } from "./open-log.ts";
import type { GlobalOptions } from "./options.ts";
import { readConfig } from "./read-config.ts";
import { Program, warnOfOldNames } from "./serving.ts";
import { refuseSharedPorts } from "./shared-ports.ts";

/** For the reason to be written, after a start that failed. */
const LINGER_MS = 1000;

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
	const configured = (current: GlobalOptions) =>
		options.modules.configure(servers, readConfig(current));
	const config = configured(options);
	refuseSharedPorts(config, options.modules.listeners(servers, config));
	// Whatever a server writes is its user's alone.
	process.umask(0o077);
	const log = openServerLog(config, logPath);
	warnOfOldNames(options, log.component("server"));
	noteUnused(options, log.component("server"));
	if (config.log.format === "json") {
		const reason = 'read "component"; "room" has the same value and ends with this version';
		log.component("server").warn("outdated name of a log field", { reason });
	}
	const program = new Program({
		...{ servers, log, logPath, config, options, configured },
		manager: serviceManager(process.env),
	});
	try {
		await program.run(untilAskedToStop());
	} catch (error) {
		// What it may have left behind must not keep a process that heeds no signals any more.
		setTimeout(() => process.exit(), LINGER_MS).unref();
		throw error;
	}
	process.exit(0);
}

/** An ini of the original's says more than counts here. */
function noteUnused({ modules, config }: GlobalOptions, log: Logger): void {
	const found = config === undefined ? [] : modules.ini.unusedKeys(config);
	for (const reason of found) log.info("setting without effect", { reason });
}
