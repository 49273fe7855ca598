import { type CliCommand, wholeNumber } from "./command.ts";

const restart: CliCommand = {
	name: "restart",
	description:
		"restart all function engines, or the one of a number; resets globals of their functions and quarantines",
	example: "iotctl engine restart",
	next: "iotctl status",
	build: (command, { options }) =>
		command
			.argument("[number]", "of the engine, as iotctl status shows it", wholeNumber)
			.action(async (number?: number) =>
				(await import("../engine.ts")).restartEngine(await options("service"), number),
			),
};

export const engine: CliCommand = {
	name: "engine",
	description: "manage the processes that run Python functions",
	example: "iotctl engine restart",
	next: "iotctl status",
	commands: [restart],
};
