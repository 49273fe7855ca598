import { createServer } from "node:net";
import { portOwner, USE_EXTERNAL } from "../../daemon/mod.ts";
import { codeOf } from "../../kit/mod.ts";
import { type Config, type Listener, ownListeners, sharedPorts } from "../../settings/mod.ts";
import type { Finding } from "./places.ts";

/** Listeners that would take each other's port, whatever else runs. */
export function portConflicts(config: Config, further: readonly Listener[] = []): Finding[] {
	return sharedPorts(config, further).map(({ first, second: { what, setting }, port }) => {
		const text = `port ${port} is already used by ${first.what}; change ${setting}`;
		return { what, state: "FAIL", text };
	});
}

/** Whether every listener gets its port. @param further Those of modules. */
export async function ports(config: Config, further: readonly Listener[] = []): Promise<Finding[]> {
	const conflicts = portConflicts(config, further);
	return Promise.all(
		ownListeners(config, further).map(async ({ what, port, bind = config.core.bind }) => {
			const conflict = conflicts.find((finding) => finding.what === what);
			if (conflict !== undefined) return conflict;
			const problem = await cannotListen(bind, port);
			const where = port === 0 ? `a free port of ${bind}` : `${bind}:${port}`;
			if (problem === undefined) {
				const text = `${where} is ${port === 0 ? "chosen at each start" : "free"}`;
				return { what, state: "ok", text } as const;
			}
			if (problem !== "EADDRINUSE") {
				return { what, state: "FAIL", text: `${where} is not available: ${problem}` } as const;
			}
			const use = what === "MQTT" ? `; ${USE_EXTERNAL}` : "";
			const text = `${where} is used by ${portOwner(port) ?? "another program"}${use}`;
			return { what, state: "FAIL", text } as const;
		}),
	);
}

/** What the server would listen on, in a few words. */
export function whereabouts(config: Config, further: readonly Listener[] = []): string {
	const listeners = ownListeners(config, further).map(
		({ what, port }) => `${what} on ${port === 0 ? "a free port" : port}`,
	);
	return `${config.core.bind}: ${listeners.join(", ")}`;
}

function cannotListen(host: string, port: number): Promise<string | undefined> {
	const { promise, resolve } = Promise.withResolvers<string | undefined>();
	const server = createServer();
	server.once("error", (error) => resolve(codeOf(error) ?? error.message));
	server.listen({ host, port }, () => server.close(() => resolve(undefined)));
	return promise;
}
