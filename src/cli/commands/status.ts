import type { CliCommand } from "./command.ts";

export const status: CliCommand = {
	name: "status",
	description: "show server status (exit code 0 if it runs, 3 if not)",
	example: "iotctl status",
	next: "open the HTTP address in a browser",
	build: (command, { options }) =>
		command
			.option("--json", "print JSON")
			.action(async ({ json = false }: { json?: boolean }) =>
				(await import("../status.ts")).status(await options("service"), json),
			),
};
