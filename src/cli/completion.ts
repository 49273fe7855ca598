import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

export const SHELLS = ["bash", "zsh", "fish"];
/** What the script of each shell understands: complete files, or directories alone. */
const FILES = ":0";
const DIRECTORIES = ":16";

/** Commands whose first argument is a file or directory. */
const PLACES: ReadonlyMap<string, string> = new Map([
	["import", FILES],
	["export", FILES],
	["restore", FILES],
	["genconf", FILES],
	["backup", DIRECTORIES],
]);
/** Options whose value is a file. */
const FILE_OPTIONS = ["-c", "--config", "--log"];

/** `iotctl completion SHELL`: the script that asks at each Tab. */
export function completionScript(program: Command, shell: string): string {
	const script = printed(() => ask(program, ["completion", shell]));
	if (shell !== "bash") return script;
	return (
		script
			// Read a second time in a shell they would be refused.
			.replaceAll(/^readonly /gm, "")
			// Without it bash completes no files, whatever it is told.
			.replace(/^complete -F /m, "complete -o default -F ")
	);
}

/** What the script asks at each Tab. @param words Those behind the program's name, the last one unfinished. */
export function complete(program: Command, words: readonly string[]): string {
	return placeIn(program, words) ?? printed(() => ask(program, ["complete", "--", ...words]));
}

/** The library brings both commands, with the words of all others in them. */
function ask(program: Command, words: readonly string[]): void {
	const known = program.createCommand(program.name()).helpCommand(false);
	for (const command of program.commands) {
		if (!["completion", "complete"].includes(command.name())) known.addCommand(command);
	}
	for (const option of program.options) known.addOption(option);
	const completions = tab(known, { completionCommandName: "completion" });
	const offer = (command: string, argument: string, choices: readonly string[]) => {
		const found = completions.commands.get(command)?.arguments.get(argument);
		if (found !== undefined) {
			found.handler = (add) => {
				for (const choice of choices) add(choice, "");
			};
		}
	};
	offer("start", "server", ["csm"]);
	offer("completion", "shell", SHELLS);
	known.parse([...words], { from: "user" });
}

/** How a file's name is completed where one is expected; undefined elsewhere. */
function placeIn(program: Command, words: readonly string[]): string | undefined {
	const current = words.at(-1) ?? "";
	const before = words.slice(0, -1);
	if (FILE_OPTIONS.includes(before.at(-1) ?? "")) return `${FILES}\n`;
	if (current.startsWith("-")) return undefined;
	const [command = "", ...others] = withoutOptions(program, before);
	const place = PLACES.get(command);
	return place === undefined || others.length > 0 ? undefined : `${place}\n`;
}

/** The words that are neither options nor their values. */
function withoutOptions(program: Command, words: readonly string[]): string[] {
	const options = [program, ...program.commands].flatMap((command) => command.options);
	const takesValue = (word: string) =>
		options.some(({ short, long, required }) => required && [short, long].includes(word));
	return words.filter(
		(word, index) => !word.startsWith("-") && !takesValue(words[index - 1] ?? ""),
	);
}

/** What the library writes to the console. */
function printed(work: () => void): string {
	const lines: string[] = [];
	const { log } = console;
	console.log = (line: string) => void lines.push(line);
	try {
		work();
	} finally {
		console.log = log;
	}
	return `${lines.join("\n")}\n`;
}
