import type { CliCommand } from "./command.ts";

export const exportCommand: CliCommand = {
	name: "export",
	description: "write all but logins to a JSON file; works while the server is running",
	example: "iotctl export gateway.json",
	next: "iotctl import gateway.json, on another machine",
	completion: "files",
	build: (command, { options }) =>
		command
			.argument("<FILE>", "file to write; - is standard output")
			.action(async (file: string) =>
				(await import("../transfer.ts")).exportTo(await options("service"), file),
			),
};
