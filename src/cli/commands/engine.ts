import type { CliCommand } from "./command.ts";

const restart: CliCommand = {
	name: "restart",
	description: "replace the function engine; globals of functions start over, quarantines end",
	example: "iotctl engine restart",
	next: "iotctl status",
	build: (command, { options }) =>
		command.action(async () => (await import("../engine.ts")).restartEngine(options("service"))),
};

export const engine: CliCommand = {
	name: "engine",
	description: "the process that runs Python functions",
	example: "iotctl engine restart",
	next: "iotctl status",
	commands: [restart],
};
