import type { CliCommand } from "./command.ts";

export const check: CliCommand = {
	name: "check",
	description: "look at ini, directory, database, ports and broker; change nothing",
	example: "iotctl -c iottalk.ini check",
	next: "iotctl -c iottalk.ini start csm",
	build: (command, { options }) =>
		command
			.option("-v, --verbose", "also list what functions can import")
			.action(async ({ verbose = false }: { verbose?: boolean }) =>
				(await import("../check/check.ts")).check(options("own"), verbose),
			),
};
