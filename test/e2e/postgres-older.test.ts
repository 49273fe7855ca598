// The executable at a PostgreSQL that is too old: what is said, and that nothing is changed.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { TestHome } from "../support/binary.ts";
import { postgresForAll } from "../support/databases.ts";
import { OlderPostgres, type OlderVersion } from "../support/older-postgres.ts";
import { hasPostgres } from "../support/postgres-server.ts";

const OLD: OlderVersion[] = [
	{ name: "12.22", number: 120_022 },
	{ name: "9.6.24", number: 90_624 },
	{ name: "9.4.26", number: 90_426, lacks: ["idle_in_transaction_session_timeout"] },
];
const COMMANDS = [["start", "csm"], ["initdb"], ["export", "all.json"], ["check"]];

describe.skipIf(!hasPostgres())("PostgreSQL older than 13", () => {
	const postgres = postgresForAll();
	let home: TestHome;
	beforeAll(() => {
		home = new TestHome("older");
	});
	afterAll(() => home.clear());

	test.each(OLD)("$name is refused in one line", async (version) => {
		const older = await OlderPostgres.start(postgres.server.port, version);
		const name = await postgres.server.database();
		const url = postgres.server.url(name, undefined, older.port);
		home.write(
			"iottalk.ini",
			`${home.iniText()}[core-db]\ntype = postgres\nurl = ${url}?sslmode=disable\n`,
		);
		const major = version.name.replace(/\.\d+$/, "");
		const reason = `Cannot use the database "${url}": it is PostgreSQL ${major}; 13 or newer is needed: bring it up to date (pg_upgrade), or use another one, with url in [core-db]`;
		for (const command of COMMANDS) {
			const { exitCode, out, err } = await home.runBeside(...command);
			const isCheck = command[0] === "check";
			const said = isCheck ? out.split("\n").filter((line) => line.startsWith("FAIL")) : [err];
			expect({ command, exitCode, said }).toEqual({
				command,
				exitCode: 1,
				said: [isCheck ? `FAIL  database  ${reason}` : `iotctl: ${reason}\n`],
			});
		}
		const made = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace";
		expect(await postgres.server.ask(made, name)).toEqual([]);
		await older.stop();
	});
});
