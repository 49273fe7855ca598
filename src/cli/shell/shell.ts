import { accessSync, appendFileSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { closestMatch } from "leven";
import { findRunning } from "../../daemon/mod.ts";
import { ConfigError, codeOf, DeniedError, messageOf, visible } from "../../kit/mod.ts";
import type { Config } from "../../settings/mod.ts";
import type { Call } from "../advice.ts";
import { databasePath, isInPostgres } from "../database.ts";
import { failureOf } from "../failure.ts";
import type { GlobalOptions } from "../options.ts";
import { complain, print } from "../output.ts";
import { readConfig } from "../read-config.ts";
import type { ShellContext } from "./command.ts";
import { SHELL_COMMANDS } from "./commands/commands.ts";

const MAX_HISTORY = 500;

/** `iotctl shell`: a prompt on the live server and the database; commands may also come from a pipe. */
export async function shell(options: GlobalOptions): Promise<void> {
	const config = readConfig(options);
	refuseStrangers(config);
	const context: ShellContext = {
		modules: options.modules,
		config,
		commands: SHELL_COMMANDS,
		print: (text) => print(`${text}\n`),
		interrupted: () => interrupt.promise,
	};
	let interrupt = Promise.withResolvers<void>();
	const call = { args: ["shell"], ini: options.config };
	const isTerminal = process.stdin.isTTY === true;
	const historyPath = join(config.core.userdir, "shell_history");
	const reader = createInterface({
		input: process.stdin,
		output: process.stdout,
		terminal: isTerminal,
		history: isTerminal ? readHistory(historyPath) : [],
		historySize: MAX_HISTORY,
		completer: (line: string) => complete(context, line),
	});
	if (isTerminal) greet(context);
	reader.on("SIGINT", () => {
		interrupt.resolve();
		interrupt = Promise.withResolvers();
		reader.write(null, { ctrl: true, name: "u" });
		reader.prompt();
	});
	reader.setPrompt("iotctl> ");
	if (isTerminal) reader.prompt();
	for await (const line of reader) {
		if (isTerminal && line.trim() !== "") keepHistory(historyPath, line);
		if (["exit", "quit"].includes(line.trim())) break;
		await perform(context, call, line.trim(), isTerminal);
		if (isTerminal) reader.prompt();
	}
	reader.close();
}

/** Said at once, not at the first command: there may be none. @throws DeniedError */
function refuseStrangers(config: Config): void {
	findRunning(config.core.userdir);
	if (config["core-db"].url === ":memory:" || isInPostgres(config)) return;
	const path = databasePath(config);
	try {
		accessSync(path, constants.R_OK);
	} catch (error) {
		// One that is not there yet has its line where a command needs it.
		if (!["EACCES", "EPERM"].includes(codeOf(error) ?? "")) return;
		throw DeniedError.from(`Cannot read the database "${path}"`, path, error);
	}
}

function greet({ config, print }: ShellContext): void {
	const { userdir } = config.core;
	const pid = findRunning(userdir)?.pid;
	const state = pid === undefined ? "no server is running" : `the server is process ${pid}`;
	print(`${userdir}: ${state}. "help" lists commands, Tab completes them, "exit" leaves.`);
}

async function perform(
	context: ShellContext,
	call: Call,
	line: string,
	isTerminal: boolean,
): Promise<void> {
	if (line === "") return;
	const [, name = "", rest = ""] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
	const command = context.commands.get(name);
	try {
		if (command === undefined) {
			const near = closestMatch(name, [...context.commands.keys()], { maxDistance: 3 });
			const hint = near === undefined ? "help lists all commands" : `did you mean "${near}"?`;
			throw new ConfigError(`unknown command "${name}" (${hint})`);
		}
		await command.run(context, rest);
	} catch (error) {
		// Errors of SQLite are about the statement that was typed.
		const isOurs = error instanceof ConfigError;
		complain(visible((isOurs ? failureOf(error, call).message : undefined) ?? messageOf(error)));
		// A script must notice.
		if (!isTerminal) process.exitCode = 1;
	}
}

async function complete(context: ShellContext, line: string): Promise<[string[], string]> {
	const [name = "", ...words] = line.split(/\s+/);
	if (words.length === 0) {
		const names = [...context.commands.keys(), "exit"];
		return [names.filter((known) => known.startsWith(name)).map((known) => `${known} `), name];
	}
	const word = words.at(-1) ?? "";
	const choices =
		(await context.commands
			.get(name)
			?.choices?.(context)
			.catch(() => [])) ?? [];
	// A name that cannot be shown as it is cannot be typed either.
	const typeable = choices.filter((choice) => visible(choice) === choice);
	return [typeable.filter((choice) => choice.startsWith(word)), word];
}

/** Newest first, as readline wants it. */
function readHistory(path: string): string[] {
	try {
		return readFileSync(path, "utf8").trimEnd().split("\n").reverse().slice(0, MAX_HISTORY);
	} catch {
		return [];
	}
}

function keepHistory(path: string, line: string): void {
	try {
		appendFileSync(path, `${line}\n`, { mode: 0o600 });
	} catch {
		// A prompt without memory is still a prompt.
	}
}
