import { portOwner } from "../daemon/port-owner.ts";
import { untilAskedToStop } from "../daemon/signals.ts";
import { ConfigError, ListenError, messageOf } from "../errors.ts";
import { createLogger, type Logger } from "../log.ts";
import { CsmServer } from "../server.ts";
import { banner } from "./banner.ts";
import type { GlobalOptions } from "./cli.ts";
import { readConfig } from "./read-config.ts";

/** `iotctl start csm`: runs until SIGINT or SIGTERM. @throws ConfigError when it cannot start. */
export async function start(options: GlobalOptions): Promise<void> {
	const config = readConfig(options);
	const log = createLogger(config.log);
	logStrayFailures(log);
	const server = new CsmServer(config, log);
	const stopAsked = untilAskedToStop();
	try {
		const addresses = await server.start();
		process.stdout.write(banner(config, addresses, server.store.path));
	} catch (error) {
		throw withOwner(error);
	}
	const signal = await stopAsked;
	log.info("stopping", { signal });
	await server.stop();
	log.info("stopped");
	process.exit(0);
}

/** Adds who holds the port to a failed listen, where the system tells. */
function withOwner(error: unknown): unknown {
	if (!(error instanceof ListenError)) return error;
	const owner = portOwner(error.port);
	return owner === undefined
		? error
		: new ConfigError(`${error.message}, or stop ${owner}, which uses it`);
}

// A gateway on a shelf goes on where it can; the log has what somebody must look into.
function logStrayFailures(log: Logger): void {
	const onFailure = (error: unknown) =>
		log.error("unexpected failure", {
			reason: messageOf(error),
			stack: error instanceof Error ? error.stack : undefined,
		});
	process.on("uncaughtException", onFailure);
	process.on("unhandledRejection", onFailure);
}
