import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { VERSION } from "../version.ts";
import type { CertOptions } from "./cert.ts";
import { type GlobalOptions, NotThereYet } from "./options.ts";
import type { ServiceOptions } from "./service.ts";
import type { ImportOptions } from "./transfer.ts";

/**
 * The words of `iotctl`: options, sub-commands and their help (`csm.md §9`). A command's code is loaded when it
 * runs: `status` need not load a server.
 */
export function buildProgram(): Command {
	const program = new Command("iotctl")
		.description("IoTtalk in one file: device registry, MQTT broker and Python data flows.")
		.version(`IoTtalk ${VERSION}`, "--version", "show the version and exit")
		.helpOption("-h, --help", "show this help and exit")
		.helpCommand(false)
		.option("-d, --debug", "debug mode: log every message")
		.option("-c, --config <INI>", "ini file (make one with: iotctl genconf iottalk.ini)")
		.exitOverride()
		.showHelpAfterError("(iotctl -h shows what is accepted)")
		.addHelpText("after", "\nStart here:\n  $ iotctl start csm");
	const options = () => program.opts<GlobalOptions>();
	addServerCommands(program, options);
	addDataCommands(program, options);
	addSetUpCommands(program, options);
	addAccountCommands(program, options);
	addCertificateCommands(program, options);
	sub(
		program,
		"completion",
		"print the completion script of a shell",
		"iotctl completion bash > /etc/bash_completion.d/iotctl",
		"open a new terminal, and press Tab behind iotctl",
	)
		.addArgument(new Argument("<shell>").choices(["bash", "zsh", "fish"]))
		.action(async (shell: string) =>
			(await import("./completion.ts")).complete(buildProgram(), ["completion", shell]),
		);
	sub(
		program,
		"licenses",
		"print the license of iotctl and of everything in it",
		"iotctl licenses | less",
		"the same texts are in /usr/share/doc/iotctl/copyright and beside the tar.gz's program",
	).action(async () => (await import("./licenses.ts")).licenses());
	// What the script asks at each Tab.
	program
		.command("complete", { hidden: true })
		.argument("[words...]")
		.allowUnknownOption()
		.action(async (words: string[]) =>
			(await import("./completion.ts")).complete(buildProgram(), ["complete", "--", ...words]),
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
		.action(async (server: string, { detach, ...own }: { detach?: boolean; log?: string }) => {
			if (server !== "csm") throw new NotThereYet(`start ${server}`, "iotctl start csm");
			if (detach) return (await import("./detach.ts")).startDetached(options());
			return (await import("./start.ts")).start(options(), own);
		});
	sub(
		program,
		"stop",
		"stop the server; what is queued is finished first",
		"iotctl stop",
		"iotctl start --detach csm",
	).action(async () => (await import("./stop.ts")).stop(options()));
	sub(
		program,
		"restart",
		"stop the server and start it in the background with the same ini",
		"iotctl restart",
		"iotctl status",
	).action(async () => (await import("./stop.ts")).restart(options()));
	sub(
		program,
		"reload",
		"let the server read its ini again: log levels and limits",
		"iotctl -c iottalk.ini reload",
		"iotctl shell, and there: log",
	).action(async () => (await import("./stop.ts")).reload(options()));
	sub(
		program,
		"status",
		"say whether the server runs, where, and how it is (exit code 0 or 3)",
		"iotctl status",
		"open the HTTP address in a browser",
	)
		.option("--json", "the same as JSON")
		.action(async ({ json = false }: { json?: boolean }) =>
			(await import("./status.ts")).status(options(), json),
		);
	sub(
		program,
		"shell",
		"interactive prompt on the server and the database",
		"echo devices | iotctl shell",
		"type help at the prompt",
	).action(async () => (await import("./shell.ts")).shell(options()));
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
		.action(async (what: string | undefined) => {
			if (what !== undefined) throw new NotThereYet(`initdb ${what}`, "iotctl initdb");
			return (await import("./initdb.ts")).initdb(options());
		});
	sub(
		program,
		"export",
		"write devices, graphs and functions to a JSON file; a server may run",
		"iotctl export gateway.json",
		"iotctl import gateway.json, on another machine",
	)
		.argument("<FILE>", "file to write; - is standard output")
		.action(async (file: string) => (await import("./transfer.ts")).exportTo(options(), file));
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
			(await import("./transfer.ts")).importFrom(options(), file, how),
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
			(await import("./backup.ts")).backup(options(), directory, keep),
		);
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
		.action(async (dest: string, { force = false }: { force?: boolean }) =>
			(await import("./genconf.ts")).genconf(dest, force),
		);
	sub(
		program,
		"check",
		"look at ini, directory, database, ports and broker; change nothing",
		"iotctl -c iottalk.ini check",
		"iotctl -c iottalk.ini start csm",
	).action(async () => (await import("./check.ts")).check(options()));
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
			(await import("./service.ts")).installService(options(), how),
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

function addAccountCommands(program: Command, options: Options): void {
	const load = () => import("./accounts.ts");
	const passwords = "type the password when asked, pipe it in, or set IOTCTL_PASSWORD";
	const user = sub(
		program,
		"user",
		"people who may do everything",
		"iotctl user add admin",
		"iotctl token create phones",
	);
	sub(user, "add", "add an admin", "iotctl user add admin", passwords)
		.argument("<name>")
		.action(async (name: string) => (await load()).addUser(options(), name));
	sub(user, "passwd", "change a password; old logins end", "iotctl user passwd admin", passwords)
		.argument("<name>")
		.action(async (name: string) => (await load()).changePassword(options(), name));
	sub(user, "list", "list admins", "iotctl user list", "iotctl user del NAME").action(async () =>
		(await load()).listUsers(options()),
	);
	sub(user, "del", "remove an admin; their logins end", "iotctl user del admin", "iotctl user list")
		.argument("<name>")
		.action(async (name: string) => (await load()).removeUser(options(), name));
	const token = sub(
		program,
		"token",
		"what devices register with where logins are asked for",
		"iotctl token create --days 30 phones",
		"register a device with it: PUT /<uuid>?token=<token>",
	);
	sub(
		token,
		"create",
		"make a registration token; it is shown once",
		"iotctl token create --days 30 phones",
		"register a device with it: PUT /<uuid>?token=<token>",
	)
		.argument("<name>")
		.option("--days <N>", "until it expires; without it never", wholeNumber)
		.action(async (name: string, { days }: { days?: number }) =>
			(await load()).createToken(options(), name, days),
		);
	sub(token, "list", "list tokens by name", "iotctl token list", "iotctl token revoke NAME").action(
		async () => (await load()).listTokens(options()),
	);
	sub(
		token,
		"revoke",
		"let nobody register with a token any more",
		"iotctl token revoke phones",
		"iotctl token list",
	)
		.argument("<name>")
		.action(async (name: string) => (await load()).revokeToken(options(), name));
}

function addCertificateCommands(program: Command, options: Options): void {
	const cert = sub(
		program,
		"cert",
		"certificates, for encrypted connections",
		"iotctl cert self-signed gateway.local",
		"put what it prints into the ini",
	);
	sub(
		cert,
		"self-signed",
		"make a certificate for a network of your own",
		"iotctl -c iottalk.ini cert self-signed gateway.local 192.168.1.5",
		"put what it prints into the ini, and start the server again",
	)
		.argument("[names...]", "host names and addresses devices use, beside those this machine knows")
		.option("--days <N>", "how long it is good; 825, the most that phones take", wholeNumber)
		.option("--force", "replace one made before")
		.action(async (names: string[], how: CertOptions) =>
			(await import("./cert.ts")).selfSigned(options(), names, how),
		);
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
