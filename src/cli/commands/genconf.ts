import type { CliCommand } from "./command.ts";

export const genconf: CliCommand = {
	name: "genconf",
	description: "write a sample ini file",
	example: "iotctl genconf iottalk.ini",
	next: "iotctl -c iottalk.ini check",
	completion: "files",
	build: (command, { serverModules }) =>
		command
			.argument("<dest>", "file to write; - is standard output")
			.option("--force", "overwrite an existing file")
			.action(async (dest: string, { force = false }: { force?: boolean }) =>
				(await import("../genconf.ts")).genconf((await serverModules()).ini, dest, force),
			),
};
