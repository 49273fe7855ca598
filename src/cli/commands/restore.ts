import type { CliCommand } from "./command.ts";

export const restore: CliCommand = {
	name: "restore",
	description: "go back to a copy that backup made; no server may run",
	example: "iotctl restore /mnt/usb/iottalk-2026-01-31T03-00-00-000Z.db",
	next: "iotctl start csm",
	completion: "files",
	build: (command, { options }) =>
		command
			.argument("<FILE>", "the copy; the former database is kept beside the new one")
			.action(async (file: string) =>
				(await import("../restore.ts")).restore(options("own"), file),
			),
};
