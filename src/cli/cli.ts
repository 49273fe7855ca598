import { type Command, CommanderError } from "commander";
import { ConfigError, DamageError, messageOf, StorageError } from "../errors.ts";
import { NotThereYet } from "./options.ts";
import { buildProgram } from "./program.ts";
import { NotRunning } from "./running.ts";

/** The command line was wrong, or asks for what this version does not have. */
const EXIT_USAGE = 2;
const EXIT_FAILURE = 1;

/**
 * Runs `iotctl` (`csm.md §9`).
 * @param args Arguments behind the program's name.
 * @returns the exit code: 0 done, 1 failed, 2 wrong or missing arguments, 3 not running, 4 no answer.
 */
export async function runCli(args: readonly string[]): Promise<number> {
	const program: Command = buildProgram();
	try {
		if (args.length === 0) {
			program.outputHelp();
			return 0;
		}
		await program.parseAsync([...args], { from: "user" });
		return Number(process.exitCode ?? 0);
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
		if (error instanceof NotThereYet) return complain(error.message, EXIT_USAGE);
		if (error instanceof NotRunning) return complain(error.message, error.exitCode);
		if (error instanceof ConfigError || error instanceof StorageError) {
			return complain(error.message, EXIT_FAILURE);
		}
		if (DamageError.is(error)) {
			return complain(`the database is damaged: ${messageOf(error)}`, EXIT_FAILURE);
		}
		// Not thrown on: a server's own handlers would log it, and the program would end as if all were well.
		const stack = error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
		return complain(`unexpected failure, please report it: ${stack}`, EXIT_FAILURE);
	}
}

function complain(message: string, exitCode: number): number {
	process.stderr.write(`iotctl: ${message}\n`);
	return exitCode;
}
