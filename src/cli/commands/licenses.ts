import type { CliCommand } from "./command.ts";

export const licenses: CliCommand = {
	name: "licenses",
	description: "print the license of iotctl and of everything in it",
	example: "iotctl licenses | less",
	next: "the same texts are in /usr/share/doc/iotctl/copyright and beside the tar.gz's program",
	build: (command) => command.action(async () => (await import("../licenses.ts")).licenses()),
};
