// Runs tests with a PostgreSQL that lasts as long as they do: `bun scripts/with-postgres.ts test test/contract` is
// `bun test test/contract` with servers whose databases are in it.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresServer } from "../test/support/postgres-server.ts";
import { readArguments } from "./program-arguments.ts";

const [first] = process.argv.slice(2);
// What follows is for Bun.
if (first === undefined || first.startsWith("-")) {
	readArguments(
		{
			usage: "bun scripts/with-postgres.ts test FILE…",
			about: "Runs Bun with these words, with a PostgreSQL that lasts as long as they do.",
			words: { are: "what Bun takes", fits: () => true, least: 1 },
		},
		{},
	);
}

/** @returns the exit code of what ran. */
async function runIn(folder: string): Promise<number> {
	chmodSync(folder, 0o755);
	const server = await PostgresServer.start(folder);
	const child = Bun.spawn([process.execPath, ...process.argv.slice(2)], {
		env: {
			...process.env,
			IOTCTL_DATABASE: "postgres",
			IOTCTL_POSTGRES: server.url("").replace(/\/$/, ""),
		},
		stdio: ["inherit", "inherit", "inherit"],
	});
	for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
	const code = await child.exited;
	await server.dispose();
	return code;
}

const folder = mkdtempSync(join(tmpdir(), "iotctl-pg-"));
try {
	process.exitCode = await runIn(folder);
} finally {
	rmSync(folder, { recursive: true, force: true });
}
