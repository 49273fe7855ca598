import { type Command, InvalidArgumentError } from "commander";
import type { Reach } from "./ini-path.ts";
import type { GlobalOptions } from "./options.ts";

/** The options in front of or behind a command, with the ini found for what the command reaches. */
export type Options = (reach: Reach) => GlobalOptions;

/** A sub-command whose help ends with an example and what to do next. */
export function sub(
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

/** A hundred years: what is further away is not a date any more at some point. */
const MOST_DAYS = 36_500;

/** A commander reader of days from now. */
export function dayCount(text: string): number {
	const days = wholeNumber(text);
	if (days <= MOST_DAYS) return days;
	throw new InvalidArgumentError(`It is more than ${MOST_DAYS}.`);
}

/** A commander reader of whole numbers from 1. */
export function wholeNumber(text: string): number {
	const number = Number(text);
	if (Number.isInteger(number) && number >= 1) return number;
	throw new InvalidArgumentError("It is not a whole number from 1.");
}
