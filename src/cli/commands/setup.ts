import type { CliCommand } from "./command.ts";

export const setup: CliCommand = {
	name: "setup",
	description: "show the address where the first administrator is made; it works once",
	example: "iotctl setup",
	next: "open the address in a browser",
	build: (command, { options }) =>
		command.action(async () => (await import("../setup.ts")).setup(await options("service"))),
};
