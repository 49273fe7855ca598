import type { CliCommand } from "./command.ts";

export const reload: CliCommand = {
	name: "reload",
	description: "reload the ini of the running server: log levels, limits, certificate",
	example: "iotctl -c iottalk.ini reload",
	next: "iotctl shell, then: log",
	build: (command, { options }) =>
		command.action(async () => (await import("../stop.ts")).reload(await options("service"))),
};
