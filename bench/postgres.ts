// Start, idle and registrations with the database in PostgreSQL, which flushes each commit as it does by default:
// `bun bench/postgres.ts` has them beside those with a file. IOTCTL_SECONDS makes it shorter.

import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readArguments } from "../scripts/program-arguments.ts";
import { hasPostgres, PostgresServer } from "../test/support/postgres-server.ts";
import type { IniChanges } from "../test/support/target.ts";
import type { Finding } from "./finding.ts";
import { starting } from "./starting.ts";
import { registrations } from "./upkeep.ts";

const SECONDS = 5;
const STARTS = 11;

/** The figures on PostgreSQL; none where it is not installed. */
export async function onPostgres(seconds = SECONDS, starts = STARTS): Promise<Finding[]> {
	if (!hasPostgres()) return [];
	const folder = mkdtempSync(join(tmpdir(), "iotctl-bench-pg-"));
	chmodSync(folder, 0o755);
	const server = await PostgresServer.start(folder, ["fsync=on"]);
	try {
		const own = async (): Promise<IniChanges> => ({
			"core-db": { type: "postgres", url: server.url(await server.database()) },
		});
		const found = await figures(own, seconds, starts);
		// What is set for a file does not apply here.
		return found.map(({ what, measured }) => ({
			what: `${what}, on PostgreSQL`,
			measured,
			target: "none",
		}));
	} finally {
		await server.dispose();
		rmSync(folder, { recursive: true, force: true });
	}
}

async function figures(
	ini: () => Promise<IniChanges>,
	seconds: number,
	starts: number,
): Promise<Finding[]> {
	return [...(await starting(await ini(), starts)), await registrations(await ini(), seconds)];
}

if (import.meta.main) {
	readArguments(
		{
			usage: "bun bench/postgres.ts",
			about:
				"Measures start, idle and registrations with a file and with PostgreSQL. IOTCTL_SECONDS makes it shorter.",
		},
		{},
	);
	const seconds = Number(process.env.IOTCTL_SECONDS ?? SECONDS);
	const starts = seconds < SECONDS ? 1 : STARTS;
	const onFile = await figures(async () => ({}), seconds, starts);
	for (const { what, measured } of [...onFile, ...(await onPostgres(seconds, starts))]) {
		console.log(`${what}: ${measured}`);
	}
	process.exit(0);
}
