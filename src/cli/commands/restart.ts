import type { CliCommand } from "./command.ts";

export const restart: CliCommand = {
	name: "restart",
	description: "stop the server and start it in the background with the same ini",
	example: "iotctl restart",
	next: "iotctl status",
	build: (command, { options }) =>
		command.action(async () => (await import("../stop.ts")).restart(await options("service"))),
};
