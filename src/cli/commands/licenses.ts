import type { CliCommand } from "./command.ts";

export const licenses: CliCommand = {
	name: "licenses",
	description: "print the licenses of iotctl and of everything bundled with it",
	example: "iotctl licenses | less",
	next: "the same texts are in /usr/share/doc/iotctl/copyright and in the tar.gz",
	build: (command) => command.action(async () => (await import("../licenses.ts")).licenses()),
};
