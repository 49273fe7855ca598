import { type Command, InvalidArgumentError } from "commander";
import type { ModuleList } from "../../servers/mod.ts";
import type { Reach } from "../ini-path.ts";
import type { GlobalOptions } from "../options.ts";

/** What commands get from the program they are in. */
export interface CommandContext {
	/** The options in front of or behind a command, with the ini found for what the command reaches. */
	options(reach: Reach): Promise<GlobalOptions>;
	/** The server modules of this program. */
	serverModules(): Promise<ModuleList>;
	/** A second program with the same commands, which may be changed. */
	program(): Command;
	/** What completes a command's first argument, by the command's name (`project import`). */
	completions(): ReadonlyMap<string, Completion>;
}

/** Files, directories alone, or some words, which may follow from the server modules of the program. */
export type Completion =
	| "files"
	| "directories"
	| readonly string[]
	| ((modules: ModuleList) => readonly string[]);

/**
 * A command of `iotctl`: its words, and how its arguments and options are read. Its code is imported when it runs:
 * `status` need not load a server.
 */
export interface CliCommand {
	readonly name: string;
	/** Begins with a small letter, has no period; also a line of `docs/commands.md`. */
	readonly description: string;
	/** Ends the help. */
	readonly example: string;
	/** What to type or do next; ends the help. */
	readonly next: string;
	/** What completes its first argument. */
	readonly completion?: Completion;
	/** Commands below this one, which then has no action of its own. */
	readonly commands?: readonly CliCommand[];
	/** Declares arguments and options, and what runs. */
	build?(command: Command, context: CommandContext): void;
}

/** Adds a command, and those below it, to a program. */
export function addCommand(parent: Command, words: CliCommand, context: CommandContext): void {
	const command = parent
		.command(words.name)
		.description(words.description)
		.helpOption("-h, --help", "show this help and exit")
		.helpCommand(false)
		.exitOverride()
		.showHelpAfterError(`(run ${pathTo(parent)} ${words.name} -h for help)`)
		.addHelpText("after", `\nExample:\n  $ ${words.example}\nNext:\n  ${words.next}`);
	words.build?.(command, context);
	for (const below of words.commands ?? []) addCommand(command, below, context);
}

/** What is typed to reach a command: `iotctl user`. */
function pathTo(command: Command): string {
	const above = command.parent === null ? "" : `${pathTo(command.parent)} `;
	return above + command.name();
}

/** A hundred years: what is further away is not a date any more at some point. */
const MOST_DAYS = 36_500;

/** A commander reader of days from now. */
export function dayCount(text: string): number {
	const days = wholeNumber(text);
	if (days <= MOST_DAYS) return days;
	throw new InvalidArgumentError(`At most ${MOST_DAYS} are accepted.`);
}

/** A commander reader of integers from 1. */
export function wholeNumber(text: string): number {
	const number = Number(text);
	if (Number.isInteger(number) && number >= 1) return number;
	throw new InvalidArgumentError("It must be an integer from 1.");
}
