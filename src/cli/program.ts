import { Argument, Command } from "commander";
import { VERSION } from "../kit/mod.ts";
import { addAccountCommands, addCertificateCommands } from "./account-commands.ts";
import { addDataCommands, addSetUpCommands } from "./data-commands.ts";
import { findIni } from "./ini-path.ts";
import { NotThereYet } from "./options.ts";
import { complain, print } from "./output.ts";
import { type Options, sub } from "./sub-command.ts";

/**
 * The words of `iotctl`: options, sub-commands and their help (`csm.md §9`). A command's code is loaded when it
 * runs: `status` need not load a server.
 * @param onIni Told which ini a command uses, once it runs.
 */
export function buildProgram(onIni: (path: string | undefined) => void = () => {}): Command {
	const program = new Command("iotctl")
		.description("IoTtalk in one file: device registry, MQTT broker and Python data flows.")
		.version(`IoTtalk ${VERSION}`, "--version", "show the version and exit")
		.helpOption("-h, --help", "show this help and exit")
		.helpCommand(false)
		.option("-d, --debug", "debug mode: log every message")
		.option("-c, --config <INI>", "ini file (make one with: iotctl genconf iottalk.ini)")
		.exitOverride()
		.configureOutput({ writeOut: print, writeErr: (text) => complain(text.trimEnd()) })
		.showHelpAfterError("(iotctl -h shows what is accepted)")
		.addHelpText("after", "\nStart here:\n  $ iotctl start csm");
	const options: Options = (reach) => {
		const { config: given, debug } = program.opts<{ config?: string; debug?: boolean }>();
		const found = findIni(given, reach);
		onIni(found?.path);
		return {
			...(debug !== undefined && { debug }),
			...(found !== undefined && { config: found.path, origin: found.origin }),
		};
	};
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
		.action(async (shell: string) => {
			const { completionScript } = await import("./completion.ts");
			print(completionScript(buildProgram(), shell));
		});
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
		.action(async (words: string[]) => {
			const { complete } = await import("./completion.ts");
			print(complete(buildProgram(), words));
		});
	// Beside -h, for fingers that are used to it.
	program
		.command("help", { hidden: true })
		.argument("[command...]")
		.exitOverride()
		.action((words: string[]) => helpOn(program, words));
	return program;
}

function helpOn(program: Command, words: readonly string[]): void {
	let command = program;
	for (const [index, word] of words.entries()) {
		const found = command.commands.find((candidate) => candidate.name() === word);
		// Typed without help it is refused with a suggestion, unless it is an argument.
		if (found === undefined && command.commands.length > 0) {
			return void program.parse(words.slice(0, index + 1), { from: "user" });
		}
		if (found === undefined) break;
		command = found;
	}
	command.outputHelp();
}

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
			if (detach) return (await import("./detach.ts")).startDetached(options("own"));
			return (await import("./start.ts")).start(options("own"), own);
		});
	sub(
		program,
		"stop",
		"stop the server; what is queued is finished first",
		"iotctl stop",
		"iotctl start --detach csm",
	).action(async () => (await import("./stop.ts")).stop(options("service")));
	sub(
		program,
		"restart",
		"stop the server and start it in the background with the same ini",
		"iotctl restart",
		"iotctl status",
	).action(async () => (await import("./stop.ts")).restart(options("service")));
	sub(
		program,
		"reload",
		"let the server read its ini again: log levels and limits",
		"iotctl -c iottalk.ini reload",
		"iotctl shell, and there: log",
	).action(async () => (await import("./stop.ts")).reload(options("service")));
	sub(
		program,
		"status",
		"say whether the server runs, where, and how it is (exit code 0 or 3)",
		"iotctl status",
		"open the HTTP address in a browser",
	)
		.option("--json", "the same as JSON")
		.action(async ({ json = false }: { json?: boolean }) =>
			(await import("./status.ts")).status(options("service"), json),
		);
	const engine = sub(
		program,
		"engine",
		"the process that runs Python functions",
		"iotctl engine restart",
		"iotctl status",
	);
	sub(
		engine,
		"restart",
		"replace the function engine; globals of functions start over, quarantines end",
		"iotctl engine restart",
		"iotctl status",
	).action(async () => (await import("./engine.ts")).restartEngine(options("service")));
	sub(
		program,
		"shell",
		"interactive prompt on the server and the database",
		"echo devices | iotctl shell",
		"type help at the prompt",
	).action(async () => (await import("./shell.ts")).shell(options("service")));
}
