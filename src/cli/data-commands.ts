import { type Command, Option } from "commander";
import { NotThereYet } from "./options.ts";
import type { ServiceOptions } from "./service.ts";
import { type Options, sub, wholeNumber } from "./sub-command.ts";
import type { ImportOptions } from "./transfer.ts";

/** Commands on the database and its copies. */
export function addDataCommands(program: Command, options: Options): void {
	sub(
		program,
		"initdb",
		"initialize the database, or bring an older one up to date",
		"iotctl initdb",
		"iotctl start csm",
	)
		.argument("[what]", "nothing for the core database; ccm is not in this version yet")
		.action(async (what: string | undefined) => {
			if (what !== undefined) throw new NotThereYet(`initdb ${what}`, "iotctl initdb");
			return (await import("./initdb.ts")).initdb(options("own"));
		});
	sub(
		program,
		"export",
		"write devices, graphs and functions to a JSON file; a server may run",
		"iotctl export gateway.json",
		"iotctl import gateway.json, on another machine",
	)
		.argument("<FILE>", "file to write; - is standard output")
		.action(async (file: string) =>
			(await import("./transfer.ts")).exportTo(options("service"), file),
		);
	sub(
		program,
		"import",
		"take devices, graphs and functions from a file; no server may run",
		"iotctl import --dry-run gateway.json",
		"iotctl start csm",
	)
		.argument("<FILE>", "file that iotctl export wrote; - is standard input")
		.option("--replace", "remove what the file does not have")
		.option("--dry-run", "change nothing, say what would change")
		.action(async (file: string, how: ImportOptions) =>
			(await import("./transfer.ts")).importFrom(options("own"), file, how),
		);
	sub(
		program,
		"backup",
		"copy the database as of one moment; a server may run",
		"iotctl backup --keep 7 /mnt/usb",
		"put it into cron",
	)
		.argument("<DIR>", "directory for the copies")
		.option("--keep <N>", "keep only the newest N copies there", wholeNumber)
		.action(async (directory: string, { keep }: { keep?: number }) =>
			(await import("./backup.ts")).backup(options("service"), directory, keep),
		);
	addRestore(program, options);
}

/** Going back to what `backup` made. */
function addRestore(program: Command, options: Options): void {
	sub(
		program,
		"restore",
		"go back to a copy that backup made; no server may run",
		"iotctl restore /mnt/usb/iottalk-2026-01-31T03-00-00-000Z.db",
		"iotctl start csm",
	)
		.argument("<FILE>", "the copy; the former database is kept beside the new one")
		.action(async (file: string) => (await import("./restore.ts")).restore(options("own"), file));
}

/** Commands that set up a server and the service. */
export function addSetUpCommands(program: Command, options: Options): void {
	sub(
		program,
		"genconf",
		"write a sample ini file",
		"iotctl genconf iottalk.ini",
		"iotctl -c iottalk.ini check",
	)
		.argument("<dest>", "path of the file to write")
		.option("--force", "overwrite the file when it exists")
		.action(async (dest: string, { force = false }: { force?: boolean }) =>
			(await import("./genconf.ts")).genconf(dest, force),
		);
	sub(
		program,
		"check",
		"look at ini, directory, database, ports and broker; change nothing",
		"iotctl -c iottalk.ini check",
		"iotctl -c iottalk.ini start csm",
	)
		.option("-v, --verbose", "also list what functions can import")
		.action(async ({ verbose = false }: { verbose?: boolean }) =>
			(await import("./check.ts")).check(options("own"), verbose),
		);
	const service = sub(
		program,
		"service",
		"run the server as a systemd service",
		"sudo iotctl service install",
		"systemctl status iotctl",
	);
	sub(
		service,
		"install",
		"write unit and ini, start the service now and with the machine",
		"iotctl service install --dry-run",
		"journalctl -u iotctl",
	)
		.addOption(new Option("--dry-run", "only print the unit"))
		.action(async (how: ServiceOptions) =>
			(await import("./service.ts")).installService(options("own"), how),
		);
	sub(
		service,
		"uninstall",
		"stop and remove the service; settings and data stay",
		"sudo iotctl service uninstall",
		"iotctl start csm",
	).action(async () => (await import("./service.ts")).uninstallService());
	sub(
		service,
		"status",
		"what systemd says of it",
		"iotctl service status",
		"journalctl -u iotctl",
	).action(async () => {
		process.exitCode = (await import("./service.ts")).serviceStatus();
	});
}
