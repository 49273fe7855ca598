import type { CliCommand } from "./command.ts";

export const reload: CliCommand = {
	name: "reload",
	description: "let the server read its ini again: log levels and limits",
	example: "iotctl -c iottalk.ini reload",
	next: "iotctl shell, and there: log",
	build: (command, { options }) =>
		command.action(async () => (await import("../stop.ts")).reload(options("service"))),
};
