import { resolve } from "node:path";
import { logLevels } from "../config/mod.ts";
import { LogFile } from "../daemon/mod.ts";
import {
	ConfigError,
	createLogger,
	type Log,
	type Logger,
	messageOf,
	reasonOf,
} from "../kit/mod.ts";
import type { Config } from "../settings/mod.ts";

/**
 * The log of a server, which what no one caught goes to as well.
 * @param path Of a file; undefined: standard error.
 * @throws ConfigError when the file cannot be written.
 */
export function openServerLog(config: Config, path: string | undefined): Log {
	const log = openLog(config, path);
	logStrayFailures(log);
	return log;
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
