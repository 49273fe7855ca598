// The tables of README.md that come from the code: `bun scripts/readme-tables.ts` writes them anew,
// and a test compares them.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { buildProgram } from "../src/cli/program.ts";
import { accepts, defaultText, sections } from "../src/config/config.ts";

const README = join(import.meta.dir, "../README.md");

/** The README with its tables as the code has them now. */
export function withTables(readme: string): string {
	return replaced(replaced(readme, "commands", commandTable()), "settings", settingsTable());
}

function replaced(text: string, name: string, table: string): string {
	const begin = `<!-- ${name}: made by scripts/readme-tables.ts -->\n`;
	const end = `<!-- end of ${name} -->`;
	const from = text.indexOf(begin);
	const to = text.indexOf(end);
	if (from < 0 || to < from) throw new Error(`README.md has no place for the table "${name}"`);
	return text.slice(0, from + begin.length) + table + text.slice(to);
}

function commandTable(): string {
	const rows = commandsOf(buildProgram(), "").map(
		([command, description]) => `| \`${command}\` | ${description} |\n`,
	);
	return `| Command | What it does |\n|---|---|\n${rows.join("")}`;
}

function commandsOf(parent: Command, prefix: string): [string, string][] {
	return parent
		.createHelp()
		.visibleCommands(parent)
		.flatMap((command): [string, string][] => {
			const name = `${prefix}${command.name()}`;
			if (command.commands.length > 0) return commandsOf(command, `${name} `);
			const options = command
				.createHelp()
				.visibleOptions(command)
				.filter(({ long }) => long !== "--help")
				.map(({ flags }) => `[${flags}]`);
			const words = command.registeredArguments.map((argument) =>
				argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
			);
			return [[[name, ...options, ...words].join(" "), command.description()]];
		});
}

function settingsTable(): string {
	const rows = sections().flatMap(({ name, fields }) =>
		fields
			.filter(({ hidden }) => !hidden)
			.map((field) => {
				const shown = defaultText(field);
				const cells = [
					`\`[${name}] ${field.key}\``,
					shown === "" ? "" : `\`${shown}\``,
					accepts(field),
					field.description + (field.reload ? " *Reload.*" : ""),
				];
				return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
			}),
	);
	return `| Key | Default | Accepts | Meaning |\n|---|---|---|---|\n${rows.join("")}`;
}

if (import.meta.main) writeFileSync(README, withTables(readFileSync(README, "utf8")));
