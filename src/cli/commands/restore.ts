import type { CliCommand } from "./command.ts";

export const restore: CliCommand = {
	name: "restore",
	description: "restore the database from a backup; stop the server first",
	example: "iotctl restore /mnt/usb/iottalk-2026-01-31T03-00-00-000Z.db",
	next: "iotctl start",
	completion: "files",
	build: (command, { options }) =>
		command
			.argument("<FILE>", "the backup; the previous database is kept beside it")
			.option("--alone", "the database of start ccm ([gui-db]) instead of [core-db]")
			.action(async (file: string, { alone }: { readonly alone?: boolean }) =>
				(await import("../restore.ts")).restore(await options("own"), file, alone),
			),
};
