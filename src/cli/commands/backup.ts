import { type CliCommand, wholeNumber } from "./command.ts";

export const backup: CliCommand = {
	name: "backup",
	description: "write a consistent copy of the database; works while the server is running",
	example: "iotctl backup --keep 7 /mnt/usb",
	next: "run it from cron",
	completion: "directories",
	build: (command, { options }) =>
		command
			.argument("<DIR>", "directory for the copies")
			.option("--keep <N>", "keep only the newest N copies there", wholeNumber)
			.action(async (directory: string, { keep }: { keep?: number }) =>
				(await import("../backup.ts")).backup(await options("service"), directory, keep),
			),
};
