import type { CliCommand } from "./command.ts";

export const shell: CliCommand = {
	name: "shell",
	description: "open an interactive prompt for the server and the database",
	example: "echo devices | iotctl shell",
	next: "type help at the prompt",
	build: (command, { options }) =>
		command.action(async () => (await import("../shell/shell.ts")).shell(await options("service"))),
};
