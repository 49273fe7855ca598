// Debian's pgbouncer before a PostgreSQL of a test: each transaction may get another connection.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onFreePort } from "./ports.ts";
import { type PostgresServer, withoutRights } from "./postgres-server.ts";
import { programPath } from "./programs.ts";
import { until, within } from "./waiting.ts";

interface Pgbouncer {
	readonly port: number;
	stop(): Promise<void>;
}

/** @param folder Everyone may read it. */
export const startPgbouncer = (folder: string, server: PostgresServer): Promise<Pgbouncer> =>
	onFreePort((port) => startOn(port, folder, server));

/** @throws Error when it ends at once. */
async function startOn(port: number, folder: string, server: PostgresServer): Promise<Pgbouncer> {
	const config = join(folder, "pgbouncer.ini");
	writeFileSync(
		config,
		`[databases]
* = host=127.0.0.1 port=${server.port} user=iottalk
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
auth_type = any
pool_mode = transaction
default_pool_size = 4
unix_socket_dir =
`,
		{ mode: 0o644 },
	);
	const child = Bun.spawn(withoutRights(programPath("pgbouncer") ?? "pgbouncer", config), {
		stdout: "ignore",
		stderr: "ignore",
	});
	await until(async () => child.exitCode !== null || (await server.answersOn(port)), "pgbouncer");
	if (child.exitCode !== null) throw new Error(`pgbouncer ended with code ${child.exitCode}`);
	return {
		port,
		stop: async () => {
			child.kill("SIGKILL");
			await within(child.exited, "the end of pgbouncer");
		},
	};
}
