import type { CliCommand } from "./command.ts";

export const demo: CliCommand = {
	name: "demo",
	description:
		"show a device, a Python function and an output at work; Ctrl-C ends it and leaves nothing",
	example: "iotctl demo",
	next: "iotctl start",
	build: (command, { serverModules }) =>
		command.action(async () => (await import("../demo/demo.ts")).demo(await serverModules())),
};
