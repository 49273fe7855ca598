// The tables of docs/commands.md, docs/settings.md and docs/http.md, and the list of docs/default-data.md, that come from
// the code, and that of README.md, which comes from bench/RESULTS.md: `bun scripts/doc-tables.ts` writes them, and a test compares them.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { describeSeedData } from "../src/ccm/mod.ts";
import { buildProgram } from "../src/cli/program.ts";
import { accepts, defaultText } from "../src/config/mod.ts";
import { SERVER_MODULES } from "../src/servers/server-modules.ts";
import { routesTable } from "./http-table.ts";
import { measuredTable } from "./measured-table.ts";
import { readArguments } from "./program-arguments.ts";

const ROOT = join(import.meta.dir, "..");

/** The documents that have a table, and how it is made. */
const TABLES = {
	"docs/commands.md": { name: "commands", make: commandTable },
	"docs/settings.md": { name: "settings", make: settingsTable },
	"docs/http.md": { name: "routes", make: routesTable },
	"docs/default-data.md": { name: "default data", make: defaultData },
	"README.md": {
		name: "measured",
		make: () => measuredTable(readFileSync(join(ROOT, "bench/RESULTS.md"), "utf8")),
	},
} as const;

export const TABLE_DOCUMENTS = Object.keys(TABLES) as (keyof typeof TABLES)[];

/** A document with its table as the code has it now. */
export function withTables(document: keyof typeof TABLES): string {
	const { name, make } = TABLES[document];
	return replaced(readFileSync(join(ROOT, document), "utf8"), document, name, make());
}

function replaced(text: string, document: string, name: string, table: string): string {
	const begin = `<!-- ${name}: made by scripts/doc-tables.ts -->\n`;
	const end = `<!-- end of ${name} -->`;
	const from = text.indexOf(begin);
	const to = text.indexOf(end);
	if (from < 0 || to < from) throw new Error(`${document} has no place for the table "${name}"`);
	return text.slice(0, from + begin.length) + table + text.slice(to);
}

function defaultData(): string {
	const { counts, models } = describeSeedData();
	return `${counts}:\n\n${models.map((line) => `- ${line}\n`).join("")}`;
}

function commandTable(): string {
	const rows = commandsOf(
		buildProgram(async () => SERVER_MODULES),
		"",
	).map(([command, description]) => `| \`${command}\` | ${description} |\n`);
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
	const rows = SERVER_MODULES.ini.sections.flatMap(({ name, fields }) =>
		fields
			.filter(({ hidden }) => !hidden)
			.map((field) => {
				const shown = defaultText(field);
				const cells = [
					`\`[${name}] ${field.key}\``,
					shown === "" ? "" : `\`${shown}\``,
					accepts(field),
					field.description + (field.reloadable ? " *Reload.*" : ""),
				];
				return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
			}),
	);
	return `| Key | Default | Accepts | Meaning |\n|---|---|---|---|\n${rows.join("")}`;
}

if (import.meta.main) {
	readArguments(
		{
			usage: "bun scripts/doc-tables.ts",
			about:
				"Writes the tables of docs that come from the code, and the README's of bench/RESULTS.md.",
		},
		{},
	);
	for (const document of TABLE_DOCUMENTS) writeFileSync(join(ROOT, document), withTables(document));
}
