import { Command } from "commander";
import { VERSION } from "../kit/mod.ts";
import type { ModuleList } from "../servers/mod.ts";
import { advise } from "./advice.ts";
import { backup } from "./commands/backup.ts";
import { cert } from "./commands/cert.ts";
import { check } from "./commands/check.ts";
import { cluster } from "./commands/cluster.ts";
import {
	addCommand,
	type CliCommand,
	type CommandContext,
	type Completion,
} from "./commands/command.ts";
import { completion } from "./commands/completion.ts";
import { demo } from "./commands/demo.ts";
import { engine } from "./commands/engine.ts";
import { exportCommand } from "./commands/export.ts";
import { functionCommand } from "./commands/function.ts";
import { genconf } from "./commands/genconf.ts";
import { graph } from "./commands/graph.ts";
import { importCommand } from "./commands/import.ts";
import { importV2 } from "./commands/import-v2.ts";
import { initdb } from "./commands/initdb.ts";
import { licenses } from "./commands/licenses.ts";
import { project } from "./commands/project.ts";
import { reload } from "./commands/reload.ts";
import { restart } from "./commands/restart.ts";
import { restore } from "./commands/restore.ts";
import { service } from "./commands/service.ts";
import { setup } from "./commands/setup.ts";
import { shell } from "./commands/shell.ts";
import { start } from "./commands/start.ts";
import { status } from "./commands/status.ts";
import { stop } from "./commands/stop.ts";
import { token } from "./commands/token.ts";
import { user } from "./commands/user.ts";
import { findIni } from "./ini-path.ts";
import { complain, print } from "./output.ts";

/** In the order of the help. */
const COMMANDS = [
	...[demo, start, stop, restart, reload, status, engine, shell],
	...[project, graph, functionCommand],
	...[initdb, exportCommand, importCommand, importV2, backup, restore],
	...[genconf, check, service, setup, user, token, cluster, cert, completion, licenses],
];

/** Options in front of a command that take a word. */
const WITH_VALUE = ["-c", "--config"];

/** The command the arguments begin with; all, where that is none: declaring them takes longer than a short command. */
function commandsFor(args: readonly string[]): readonly CliCommand[] {
	const isOwn = (word: string, index: number) =>
		!word.startsWith("-") && !WITH_VALUE.includes(args[index - 1] ?? "");
	const word = args.find(isOwn);
	const named = COMMANDS.filter(({ name }) => name === word);
	// In front of a command, it is the help of the program that is asked for.
	return named.length === 0 || ["-h", "--help"].includes(args[0] ?? "") ? COMMANDS : named;
}

/**
 * The command line of `iotctl` (`csm.md §9`): its options, and its commands joined.
 * @param serverModules Loads the list of server modules.
 * @param onIni Told which ini a command uses, once it runs.
 * @param args What will be parsed, so that no more commands are declared than it may need; all without it.
 */
export function buildProgram(
	serverModules: () => Promise<ModuleList>,
	onIni: (path: string | undefined) => void = () => {},
	args: readonly string[] = [],
): Command {
	const program = new Command("iotctl")
		.description("IoTtalk in one file: device registry, MQTT broker and Python data flows.")
		.version(`IoTtalk ${VERSION}`, "--version", "show the version and exit")
		.helpOption("-h, --help", "show this help and exit")
		.helpCommand(false)
		.option("-d, --debug", "debug mode: log every message")
		.option("-c, --config <INI>", "ini file (create one with: iotctl genconf iottalk.ini)")
		.exitOverride()
		.configureOutput({
			writeOut: (text) => print(advise(text, undefined)),
			writeErr: (text) => complain(advise(text.trimEnd(), undefined)),
		})
		.showHelpAfterError("(run iotctl -h for help)")
		.addHelpText("after", "\nStart here:\n  $ iotctl demo\n  $ iotctl start");
	const context: CommandContext = {
		options: async (reach) => {
			const { config: given, debug } = program.opts<{ config?: string; debug?: boolean }>();
			const found = findIni(given, reach);
			onIni(found?.path);
			return {
				modules: await serverModules(),
				...(debug !== undefined && { debug }),
				...(found !== undefined && { config: found.path, origin: found.origin }),
			};
		},
		serverModules,
		program: () => buildProgram(serverModules),
		completions: () => new Map(COMMANDS.flatMap((command) => completionsOf(command))),
	};
	for (const command of commandsFor(args)) addCommand(program, command, context);
	addHidden(program, context);
	return program;
}

/** What completes the first argument of a command and of those below it. */
function completionsOf({ name, completion, commands = [] }: CliCommand): [string, Completion][] {
	const below = commands.flatMap((command) => completionsOf(command));
	const own: [string, Completion][] = completion === undefined ? [] : [[name, completion]];
	return [...own, ...below.map(([word, what]): [string, Completion] => [`${name} ${word}`, what])];
}

function addHidden(program: Command, context: CommandContext): void {
	// What the completion script asks at each Tab.
	program
		.command("complete", { hidden: true })
		.argument("[words...]")
		.allowUnknownOption()
		.action(async (words: string[]) => {
			const { complete } = await import("./completion.ts");
			print(await complete(context, words));
		});
	// Beside -h, for fingers that are used to it.
	program
		.command("help", { hidden: true })
		.argument("[command...]")
		.exitOverride()
		.action((words: string[]) => helpOn(program, words));
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
