import type { GraphOptions } from "../graphs/graph.ts";
import { type CliCommand, wholeNumber } from "./command.ts";

const show: CliCommand = {
	name: "show",
	description: "draw a project, or a graph of a script, as text: inputs, functions, outputs",
	example: "iotctl graph show weather",
	next: "iotctl shell, and watch, to see its data",
	build: (command, { options }) =>
		command
			.argument("<name>", "of a project (name or id), or of a graph")
			.option("--owner <NAME>", "its owner, where several projects have the name")
			.option("--width <N>", "columns to use (default: those of the terminal)", wholeNumber)
			.option("--json", "print JSON")
			.action(async (name: string, how: GraphOptions) =>
				(await import("../graphs/graph.ts")).showGraph(await options("service"), name, how),
			),
};

export const graph: CliCommand = {
	name: "graph",
	description: "show what data flow through",
	example: "iotctl graph show weather",
	next: "iotctl project list",
	commands: [show],
};
