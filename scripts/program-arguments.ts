// Arguments of the programs in scripts/ and bench/: `--help` shows them, and others are refused before work begins.
import { type ParseArgsConfig, parseArgs } from "node:util";

/** What a program accepts. */
export interface Accepted {
	/** In one line, such as `bun bench/ccm.ts [PROJECTS] [--binary FILE]`. */
	readonly usage: string;
	/** What it does; lines. */
	readonly about: string;
	/** The words beside its options; undefined: it takes none. */
	readonly words?: {
		/** What they may be, for people to read. */
		readonly are: string;
		readonly fits: (word: string) => boolean;
		readonly least?: number;
		readonly most?: number;
	};
	/** Options that are numbers above 0. */
	readonly numbers?: readonly string[];
}

/** Integers above 0, as words. */
export const COUNTS = { are: "integers above 0", fits: (word: string) => /^[1-9]\d*$/.test(word) };

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * Reads the arguments of this process. `--help` writes what is accepted, and ends the process with 0; what is not
 * accepted ends it with 2 and one line.
 */
export function readArguments<const T extends Options>(accepted: Accepted, options: T) {
	const args = process.argv.slice(2);
	if (args.includes("--help")) {
		console.log(`Usage: ${accepted.usage}\n\n${accepted.about}`);
		process.exit(0);
	}
	try {
		const read = parseArgs({ args, options, allowPositionals: accepted.words !== undefined });
		const problem = problemOf(accepted, read.values, read.positionals);
		if (problem === undefined) return read;
		refuse(accepted, problem);
	} catch (error) {
		refuse(accepted, error instanceof Error ? error.message : String(error));
	}
}

function problemOf(
	{ words, numbers = [] }: Accepted,
	values: Readonly<Record<string, unknown>>,
	positionals: readonly string[],
): string | undefined {
	const wrong = positionals.find((word) => words?.fits(word) === false);
	if (wrong !== undefined) return `"${wrong}" is not accepted, but ${words?.are}`;
	const { length } = positionals;
	if (length < (words?.least ?? 0)) return "a word is missing";
	if (length > (words?.most ?? length)) return `"${positionals.at(-1)}" is one word too many`;
	const name = numbers.find((one) => values[one] !== undefined && !(Number(values[one]) > 0));
	return name && `--${name} must be a number above 0, not "${values[name]}"`;
}

function refuse({ usage }: Accepted, problem: string): never {
	// What parseArgs says goes on with advice in a second sentence.
	const [first] = problem.split(/\. |\n/, 1);
	console.error(`${first}; usage: ${usage}`);
	process.exit(2);
}
