import type { ImportOptions } from "../transfer.ts";
import type { CliCommand } from "./command.ts";

export const importCommand: CliCommand = {
	name: "import",
	description: "load what iotctl export wrote; stop the server first",
	example: "iotctl import --dry-run gateway.json",
	next: "iotctl start",
	completion: "files",
	build: (command, { options }) =>
		command
			.argument("<FILE>", "file written by iotctl export; - is standard input")
			.option("--replace", "remove what the file does not contain")
			.option(
				"--dry-run",
				"show what would change, change nothing; works while the server is running",
			)
			.action(async (file: string, how: ImportOptions) =>
				(await import("../transfer.ts")).importFrom(await options("own"), file, how),
			),
};
