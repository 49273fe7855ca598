import { CommanderError } from "commander";
import {
	ConfigError,
	codeOf,
	DamageError,
	DeniedError,
	messageOf,
	reasonOf,
	StorageError,
	visible,
} from "../kit/mod.ts";
import { advise, type Call, deniedText } from "./advice.ts";
import { NotThereYet } from "./options.ts";
import { NotRunning } from "./running.ts";

/** How a command that failed ends. */
export interface Failure {
	/** Undefined when it has been said already. */
	readonly message: string | undefined;
	readonly exitCode: number;
}

const EXIT_FAILURE = 1;
/** The command line was wrong, or asks for what this version does not have. */
const EXIT_USAGE = 2;

/** What a command threw, as one line for people and an exit code for scripts. */
export function failureOf(error: unknown, call: Call): Failure {
	if (error instanceof CommanderError) {
		return { message: undefined, exitCode: error.exitCode === 0 ? 0 : EXIT_USAGE };
	}
	const message = advise(oneLine(textOf(error, call)), call.ini);
	if (error instanceof NotThereYet) return { message, exitCode: EXIT_USAGE };
	if (error instanceof NotRunning) return { message, exitCode: error.exitCode };
	return { message, exitCode: EXIT_FAILURE };
}

function textOf(error: unknown, call: Call): string {
	if (error instanceof DeniedError) return deniedText(error, call);
	if (error instanceof ConfigError || error instanceof StorageError) return error.message;
	if (error instanceof NotThereYet) return error.message;
	if (DamageError.is(error)) return `the database is damaged: ${messageOf(error)}`;
	const file = fileOf(error);
	if (file !== undefined) {
		const found = DeniedError.from(`Cannot use "${file}"`, file, error);
		return found instanceof DeniedError ? deniedText(found, call) : found.message;
	}
	if (StorageError.isDiskTrouble(error)) return StorageError.from(error).message;
	return `unexpected failure, please report it: ${reasonOf(error)}`;
}

/** The file a call of the system failed with. */
function fileOf(error: unknown): string | undefined {
	if (codeOf(error) === undefined || typeof error !== "object" || error === null) return undefined;
	return "path" in error && typeof error.path === "string" ? error.path : undefined;
}

function oneLine(text: string): string {
	return visible(text.trim().replaceAll(/\s*\n\s*/g, "; "));
}
