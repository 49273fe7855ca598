import type { CliCommand } from "./command.ts";

export const stop: CliCommand = {
	name: "stop",
	description: "stop the server after it has finished queued work",
	example: "iotctl stop",
	next: "iotctl start --detach",
	build: (command, { options }) =>
		command.action(async () => (await import("../stop.ts")).stop(await options("service"))),
};
