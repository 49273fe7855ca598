import type { CliCommand } from "./command.ts";

export const check: CliCommand = {
	name: "check",
	description: "check ini, directory, database, ports and broker; changes nothing",
	example: "iotctl -c iottalk.ini check",
	next: "iotctl -c iottalk.ini start",
	build: (command, { options }) =>
		command
			.option("-v, --verbose", "also list the modules functions can import")
			.action(async ({ verbose = false }: { verbose?: boolean }) =>
				(await import("../check/check.ts")).check(await options("own"), verbose),
			),
};
