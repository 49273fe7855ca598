import type { CliCommand } from "./command.ts";

export const stop: CliCommand = {
	name: "stop",
	description: "stop the server; what is queued is finished first",
	example: "iotctl stop",
	next: "iotctl start --detach csm",
	build: (command, { options }) =>
		command.action(async () => (await import("../stop.ts")).stop(options("service"))),
};
