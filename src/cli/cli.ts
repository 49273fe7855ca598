import { Command, CommanderError } from "commander";
import { ConfigError } from "../errors.ts";
import { VERSION } from "../version.ts";
import { genconf } from "./genconf.ts";
import { initdb } from "./initdb.ts";
import { start } from "./start.ts";

/** Options that stand before the sub-command. */
export interface GlobalOptions {
	/** `-d`: log at debug level. */
	readonly debug?: boolean;
	/** `-c`: ini file. */
	readonly config?: string;
}

/** The command line was wrong, or asks for what this version does not have. */
const EXIT_USAGE = 2;
const EXIT_FAILURE = 1;

/**
 * Runs `iotctl` (`csm.md §9`).
 * @param args Arguments behind the program's name.
 * @returns the exit code: 0 done, 1 failed, 2 wrong or missing arguments.
 */
export async function runCli(args: readonly string[]): Promise<number> {
	const program = buildProgram();
	try {
		if (args.length === 0) {
			program.outputHelp();
			return 0;
		}
		await program.parseAsync([...args], { from: "user" });
		return 0;
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
		if (error instanceof NotThereYet) return complain(error.message, EXIT_USAGE);
		if (error instanceof ConfigError) return complain(error.message, EXIT_FAILURE);
		throw error;
	}
}

class NotThereYet extends Error {}

function complain(message: string, exitCode: number): number {
	process.stderr.write(`iotctl: ${message}\n`);
	return exitCode;
}

function buildProgram(): Command {
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

	sub(program, "initdb", "initialize the database")
		.argument("[what]", "nothing for the core database; ccm is not in this version yet")
		.addHelpText("after", "\nExample:\n  $ iotctl initdb\nThen:\n  $ iotctl start csm")
		.action((what: string | undefined) => {
			if (what !== undefined) throw notThere(`initdb ${what}`, "iotctl initdb");
			return initdb(options());
		});
	sub(program, "start", "start a server in the foreground; Ctrl-C stops it")
		.argument("<server>", "csm: registration, MQTT broker, graphs")
		.addHelpText("after", "\nExample:\n  $ iotctl -c iottalk.ini start csm")
		.action((server: string) => {
			if (server !== "csm") throw notThere(`start ${server}`, "iotctl start csm");
			return start(options());
		});
	for (const [name, description] of [
		["stop", "stop the server"],
		["restart", "restart the server"],
		["status", "say whether the server runs"],
		["shell", "interactive prompt on database and server"],
	] as const) {
		sub(program, name, `${description} (not in this version yet)`)
			.allowExcessArguments()
			.allowUnknownOption()
			.action(() => {
				throw notThere(name, "iotctl start csm, and Ctrl-C to stop it");
			});
	}
	sub(program, "genconf", "write a sample ini file")
		.argument("<dest>", "path of the file to write; it must not exist yet")
		.addHelpText(
			"after",
			"\nExample:\n  $ iotctl genconf iottalk.ini\nThen:\n  $ iotctl -c iottalk.ini start csm",
		)
		.action((dest: string) => genconf(dest));
	return program;
}

function sub(program: Command, name: string, description: string): Command {
	return program
		.command(name)
		.description(description)
		.helpOption("-h, --help", "show this help and exit")
		.exitOverride();
}

function notThere(what: string, instead: string): NotThereYet {
	return new NotThereYet(`"${what}" is not in this version yet; what works: ${instead}`);
}
