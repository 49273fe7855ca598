// Debian's pgbouncer before a PostgreSQL of a test: each transaction may get another connection.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./mosquitto.ts";
import { type PostgresServer, withoutRights } from "./postgres-server.ts";
import { programPath } from "./programs.ts";
import { until, within } from "./waiting.ts";

/** @param folder Everyone may read it. @returns its port, and what ends it. */
export async function startPgbouncer(
	folder: string,
	server: PostgresServer,
): Promise<{ port: number; stop(): Promise<void> }> {
	const port = await freePort();
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
	const isThere = () =>
		server.ask("SELECT 1", "postgres", port).then(
			() => true,
			() => false,
		);
	await until(isThere, "pgbouncer");
	return {
		port,
		stop: async () => {
			child.kill("SIGKILL");
			await within(child.exited, "the end of pgbouncer");
		},
	};
}
