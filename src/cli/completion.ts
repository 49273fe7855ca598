import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import type { CommandContext } from "./commands/command.ts";

/** What the script of each shell understands: complete files, or directories alone. */
const PLACES = { files: ":0", directories: ":16" };
/** Options whose value is a file. */
const FILE_OPTIONS = ["-c", "--config", "--log", "--import"];

/** `iotctl completion SHELL`: the script that asks at each Tab. */
export function completionScript(context: CommandContext, shell: string): string {
	const script = printed(() => ask(context, ["completion", shell], NOTHING));
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
export async function complete(context: CommandContext, words: readonly string[]): Promise<string> {
	const asked = await askedFor(context, words);
	if (asked.place !== undefined) return `${PLACES[asked.place]}\n`;
	return printed(() => ask(context, ["complete", "--", ...words], asked));
}

/** The library brings both commands, with the words of all others in them. */
function ask(context: CommandContext, words: readonly string[], { name, choices }: Asked): void {
	const program = context.program();
	const known = program.createCommand(program.name()).helpCommand(false);
	for (const command of program.commands) {
		if (!["completion", "complete"].includes(command.name())) known.addCommand(command);
	}
	for (const option of program.options) known.addOption(option);
	const tabs = tab(known, { completionCommandName: "completion" });
	const [first] = tabs.commands.get(name)?.arguments.values() ?? [];
	if (first !== undefined && choices.length > 0) {
		first.handler = (add) => {
			for (const choice of choices) add(choice, "");
		};
	}
	known.parse([...words], { from: "user" });
}

/** What may follow the words that are there. */
interface Asked {
	/** A name of a file, or of a directory. */
	readonly place?: keyof typeof PLACES;
	/** The command that they begin with. */
	readonly name: string;
	/** What its first argument may be. */
	readonly choices: readonly string[];
}

const NOTHING: Asked = { name: "", choices: [] };

async function askedFor(context: CommandContext, words: readonly string[]): Promise<Asked> {
	const current = words.at(-1) ?? "";
	const before = words.slice(0, -1);
	if (FILE_OPTIONS.includes(before.at(-1) ?? "")) return { ...NOTHING, place: "files" };
	if (current.startsWith("-")) return NOTHING;
	const typed = withoutOptions(context.program(), before).join(" ");
	const found = [...context.completions()].find(([own]) => `${typed} `.startsWith(`${own} `));
	if (found === undefined) return NOTHING;
	const [name, completion] = found;
	if (typeof completion === "function") {
		return { name, choices: completion(await context.serverModules()) };
	}
	if (typeof completion !== "string") return { name, choices: completion };
	return name === typed ? { ...NOTHING, place: completion } : NOTHING;
}

/** The words that are neither options nor their values. */
function withoutOptions(program: Command, words: readonly string[]): string[] {
	const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
	const options = all(program).flatMap((command) => command.options);
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
