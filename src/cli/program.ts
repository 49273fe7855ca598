import { Command, InvalidArgumentError, Option } from "commander";
import { VERSION } from "../version.ts";
import { backup } from "./backup.ts";
import { check } from "./check.ts";
import { addCompletion } from "./completion.ts";
import { startDetached } from "./detach.ts";
import { genconf } from "./genconf.ts";
import { initdb } from "./initdb.ts";
import { type GlobalOptions, NotThereYet } from "./options.ts";
import { installService, type ServiceOptions, serviceStatus, uninstallService } from "./service.ts";
import { shell } from "./shell.ts";
import { start } from "./start.ts";
import { status } from "./status.ts";
import { reload, restart, stop } from "./stop.ts";
import { exportTo, type ImportOptions, importFrom } from "./transfer.ts";

/** The words of `iotctl`: options, sub-commands and their help (`csm.md §9`). */
export function buildProgram(): Command {
	const program = new Command("iotctl")
		.description("IoTtalk in one file: device registry, MQTT broker and Python data flows.")
		.version(`IoTtalk ${VERSION}`, "--version", "show the version and exit")
		.helpOption("-h, --help", "show this help and exit")
		.helpCommand(false)
		.option("-d, --debug", "debug mode: log every message")
		.option("-c, --config <INI>", "ini file (make one with: iotctl genconf iottalk.ini)")
		.enablePositionalOptions()
		.exitOverride()
		.showHelpAfterError("(iotctl -h shows what is accepted)")
		.addHelpText("after", "\nStart here:\n  $ iotctl start csm");
	const options = () => program.opts<GlobalOptions>();
	addServerCommands(program, options);
	addDataCommands(program, options);
	addSetUpCommands(program, options);
	addCompletion(
		program,
		helpEnd(
			"iotctl completion bash > /etc/bash_completion.d/iotctl",
			"open a new terminal, and press Tab behind iotctl",
		),
	);
	return program;
}

type Options = () => GlobalOptions;

function addServerCommands(program: Command, options: Options): void {
	sub(
		program,
		"start",
		"start a server in the foreground; Ctrl-C stops it",
		"iotctl -c iottalk.ini start csm",
		"iotctl status",
	)
		.argument("<server>", "csm: registration, MQTT broker, graphs")
		.option("--detach", "run in the background; returns when the server is ready")
		.option("--log <FILE>", "write the log to a file instead of standard error")
		.action((server: string, { detach, ...own }: { detach?: boolean; log?: string }) => {
			if (server !== "csm") throw new NotThereYet(`start ${server}`, "iotctl start csm");
			return detach ? startDetached(options()) : start(options(), own);
		});
	sub(
		program,
		"stop",
		"stop the server; what is queued is finished first",
		"iotctl stop",
		"iotctl start --detach csm",
	).action(() => stop(options()));
	sub(
		program,
		"restart",
		"stop the server and start it in the background with the same ini",
		"iotctl restart",
		"iotctl status",
	).action(() => restart(options()));
	sub(
		program,
		"reload",
		"let the server read its ini again: log levels and limits",
		"iotctl -c iottalk.ini reload",
		"iotctl shell, and there: log",
	).action(() => reload(options()));
	sub(
		program,
		"status",
		"say whether the server runs, where, and how it is (exit code 0 or 3)",
		"iotctl status",
		"open the HTTP address in a browser",
	)
		.option("--json", "the same as JSON")
		.action(({ json = false }: { json?: boolean }) => status(options(), json));
	sub(
		program,
		"shell",
		"interactive prompt on the server and the database",
		"echo devices | iotctl shell",
		"type help at the prompt",
	).action(() => shell(options()));
}

function addDataCommands(program: Command, options: Options): void {
	sub(
		program,
		"initdb",
		"initialize the database, or bring an older one up to date",
		"iotctl initdb",
		"iotctl start csm",
	)
		.argument("[what]", "nothing for the core database; ccm is not in this version yet")
		.action((what: string | undefined) => {
			if (what !== undefined) throw new NotThereYet(`initdb ${what}`, "iotctl initdb");
			return initdb(options());
		});
	sub(
		program,
		"export",
		"write devices, graphs and functions to a JSON file; a server may run",
		"iotctl export gateway.json",
		"iotctl import gateway.json, on another machine",
	)
		.argument("<FILE>", "file to write; - is standard output")
		.action((file: string) => exportTo(options(), file));
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
		.action((file: string, how: ImportOptions) => importFrom(options(), file, how));
	sub(
		program,
		"backup",
		"copy the database as of one moment; a server may run",
		"iotctl backup --keep 7 /mnt/usb",
		"put it into cron",
	)
		.argument("<DIR>", "directory for the copies")
		.option("--keep <N>", "keep only the newest N copies there", wholeNumber)
		.action((directory: string, { keep }: { keep?: number }) => backup(options(), directory, keep));
}

function addSetUpCommands(program: Command, options: Options): void {
	sub(
		program,
		"genconf",
		"write a sample ini file",
		"iotctl genconf iottalk.ini",
		"iotctl -c iottalk.ini check",
	)
		.argument("<dest>", "path of the file to write")
		.option("--force", "overwrite the file when it exists")
		.action((dest: string, { force = false }: { force?: boolean }) => genconf(dest, force));
	sub(
		program,
		"check",
		"look at ini, directory, database, ports and broker; change nothing",
		"iotctl -c iottalk.ini check",
		"iotctl -c iottalk.ini start csm",
	).action(() => check(options()));
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
		.action((how: ServiceOptions) => installService(options(), how));
	sub(
		service,
		"uninstall",
		"stop and remove the service; settings and data stay",
		"sudo iotctl service uninstall",
		"iotctl start csm",
	).action(() => uninstallService());
	sub(
		service,
		"status",
		"what systemd says of it",
		"iotctl service status",
		"journalctl -u iotctl",
	).action(() => {
		process.exitCode = serviceStatus();
	});
}

/** A sub-command whose help ends with an example and what to do next. */
function sub(
	program: Command,
	name: string,
	description: string,
	example: string,
	next: string,
): Command {
	return program
		.command(name)
		.description(description)
		.helpOption("-h, --help", "show this help and exit")
		.helpCommand(false)
		.exitOverride()
		.addHelpText("after", helpEnd(example, next));
}

function helpEnd(example: string, next: string): string {
	return `\nExample:\n  $ ${example}\nThen:\n  ${next}`;
}

function wholeNumber(text: string): number {
	const number = Number(text);
	if (Number.isInteger(number) && number >= 1) return number;
	throw new InvalidArgumentError("It is not a whole number from 1.");
}
