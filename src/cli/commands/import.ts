import type { ImportOptions } from "../transfer.ts";
import type { CliCommand } from "./command.ts";

export const importCommand: CliCommand = {
	name: "import",
	description: "take devices, graphs and functions from a file; no server may run",
	example: "iotctl import --dry-run gateway.json",
	next: "iotctl start csm",
	completion: "files",
	build: (command, { options }) =>
		command
			.argument("<FILE>", "file that iotctl export wrote; - is standard input")
			.option("--replace", "remove what the file does not have")
			.option("--dry-run", "change nothing, say what would change")
			.action(async (file: string, how: ImportOptions) =>
				(await import("../transfer.ts")).importFrom(options("own"), file, how),
			),
};
