import type { CliCommand } from "./command.ts";

const restart: CliCommand = {
	name: "restart",
	description: "restart the function engine; resets globals of functions and quarantines",
	example: "iotctl engine restart",
	next: "iotctl status",
	build: (command, { options }) =>
		command.action(async () =>
			(await import("../engine.ts")).restartEngine(await options("service")),
		),
};

export const engine: CliCommand = {
	name: "engine",
	description: "manage the process that runs Python functions",
	example: "iotctl engine restart",
	next: "iotctl status",
	commands: [restart],
};
