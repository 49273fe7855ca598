import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { advise } from "../../src/cli/advice.ts";
import { dayCount, wholeNumber } from "../../src/cli/commands/command.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { SHELL_COMMANDS } from "../../src/cli/shell/commands/commands.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const CLI = join(import.meta.dir, "../../src/cli");
const filesIn = (folder: string, joins: string) =>
	readdirSync(join(CLI, folder))
		.filter((file) => file !== joins)
		.map((file) => file.replace(/\.ts$/, ""))
		.toSorted();

/** Commands that neither reach a server nor its data: an ini does nothing to them. */
const WITHOUT_INI = ["demo", "genconf", "service", "completion", "licenses", "complete", "help"];

const helpOf = (command: Command): string => {
	let shown = "";
	command.configureOutput({ writeOut: (text) => (shown += text) }).outputHelp();
	return shown;
};
const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];

describe("commands", () => {
	test("are one file each, and no file is forgotten", () => {
		const names = buildProgram(async () => SERVER_MODULES).commands.map((command) =>
			command.name(),
		);
		const visible = names.filter((name) => !["complete", "help"].includes(name));
		expect(visible.toSorted()).toEqual(filesIn("commands", "command.ts"));
	});

	test.each([
		[["start", "csm"], "start"],
		[["-d", "-c", "stop", "status", "--json"], "status"],
		[["help", "start"], "all"],
		[["-h", "start"], "all"],
		[["strat", "start"], "all"],
		[["complete", "--", "st"], "all"],
	])("of %j are all that is declared for it: %s", (args, wanted) => {
		const program = buildProgram(
			async () => SERVER_MODULES,
			() => {},
			args,
		);
		const names = program.commands.map((command) => command.name());
		const visible = names.filter((name) => !["complete", "help"].includes(name));
		const files = filesIn("commands", "command.ts");
		expect(visible.toSorted()).toEqual(wanted === "all" ? files : [wanted]);
	});

	test("of the shell too", () => {
		expect([...SHELL_COMMANDS.keys()].toSorted()).toEqual(filesIn("shell/commands", "commands.ts"));
	});

	test("are advised with the ini in use if it means anything to them", () => {
		for (const command of buildProgram(async () => SERVER_MODULES).commands.map((known) =>
			known.name(),
		)) {
			const text = `iotctl ${command} x`;
			const advised = WITHOUT_INI.includes(command) ? text : `iotctl -c /a.ini ${command} x`;
			expect(advise(text, "/a.ini")).toBe(advised);
		}
	});

	test("say in their help what they do, an example that starts like them, and what is next", () => {
		for (const command of all(buildProgram(async () => SERVER_MODULES)).slice(1)) {
			if (command.parent?.parent === null && ["complete", "help"].includes(command.name()))
				continue;
			const help = helpOf(command);
			expect(command.description()).toMatch(/^[^A-Z].*[^.]$/);
			expect([command.name(), help]).toEqual([
				command.name(),
				expect.stringMatching(/Example:\n {2}\$ .*iotctl .*\nNext:\n {2}\S/),
			]);
			expect(help.split("Example:")[1]).toContain(command.name());
		}
	});
});

test("server modules have their words in the help of start, and those with data in that of initdb", () => {
	const { commands } = buildProgram(async () => SERVER_MODULES);
	for (const { name, data } of SERVER_MODULES.declared) {
		for (const command of commands) {
			const isFor =
				command.name() === "start" || (command.name() === "initdb" && data !== undefined);
			if (isFor) expect(helpOf(command)).toMatch(new RegExp(`\\b${name}:\\s`));
		}
	}
	expect(commands.map((command) => command.name())).toEqual(
		expect.arrayContaining(["start", "initdb"]),
	);
});

describe("numbers in options", () => {
	test.each(["1", "36500"])("%p days are taken", (text) => {
		expect(dayCount(text)).toBe(Number(text));
	});

	test.each(["0", "-1", "1.5", "x", "", "36501"])("%p days are refused", (text) => {
		expect(() => dayCount(text)).toThrow();
	});

	test("integers have no upper limit of their own", () => {
		expect(wholeNumber("36501")).toBe(36_501);
	});
});
