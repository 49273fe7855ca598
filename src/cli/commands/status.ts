import type { CliCommand } from "./command.ts";

export const status: CliCommand = {
	name: "status",
	description: "say whether the server runs, where, and how it is (exit code 0 or 3)",
	example: "iotctl status",
	next: "open the HTTP address in a browser",
	build: (command, { options }) =>
		command
			.option("--json", "the same as JSON")
			.action(async ({ json = false }: { json?: boolean }) =>
				(await import("../status.ts")).status(options("service"), json),
			),
};
