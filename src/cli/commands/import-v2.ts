import type { ImportV2Options } from "../import-v2.ts";
import type { CliCommand } from "./command.ts";

export const importV2: CliCommand = {
	name: "import-v2",
	description:
		"add people, models, functions and projects of IoTtalk v2's database; stop the server first",
	example: "iotctl import-v2 --dry-run iottalk-gui.db",
	next: "iotctl user passwd NAME, then iotctl start",
	completion: "files",
	build: (command, { options }) =>
		command
			.argument("<FILE>", "the original's SQLite file; stop the original first; it is not changed")
			.option(
				"--dry-run",
				"show what would be added, change nothing; works while the server is running",
			)
			.option("--alone", "the database of start ccm ([gui-db]) instead of [core-db]")
			.option("--json", "print JSON")
			.action(async (file: string, how: ImportV2Options) =>
				(await import("../import-v2.ts")).importV2(await options("own"), file, how),
			),
};
