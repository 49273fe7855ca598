import { InvalidArgumentError } from "commander";
import type { TryOptions } from "../try-function.ts";
import type { CliCommand } from "./command.ts";

const tryIt: CliCommand = {
	name: "try",
	description: "call the function in a Python file with samples, in the running server",
	example: "iotctl function try fahrenheit.py --sample '[21.5]' --sample '[0]'",
	next: "write the function into the project",
	completion: "files",
	build: (command, { options }) =>
		command
			.argument("<FILE>", "Python with a function named run; - is standard input")
			.requiredOption(
				"--sample <JSON>",
				"values of a message, such as '[1,2]'; several times",
				collect,
			)
			.option("--stage <stage>", "idf (an input's function, the default), join or odf", stageNamed)
			.option("--json", "print JSON")
			.action(async (file: string, how: TryOptions) =>
				(await import("../try-function.ts")).tryFunction(await options("service"), file, how),
			),
};

/** Named after its word; `function` is one of JavaScript. */
export const functionCommand: CliCommand = {
	name: "function",
	description: "try functions before a project uses them",
	example: "iotctl function try fahrenheit.py --sample '[21.5]'",
	next: "iotctl project list",
	commands: [tryIt],
};

function collect(text: string, former: readonly unknown[] = []): unknown[] {
	try {
		return [...former, JSON.parse(text)];
	} catch {
		throw new InvalidArgumentError("It must be JSON, such as '[1, 2]' or 5.");
	}
}

function stageNamed(text: string): string {
	if (["idf", "join", "odf"].includes(text)) return text;
	throw new InvalidArgumentError("It must be idf, join or odf.");
}
