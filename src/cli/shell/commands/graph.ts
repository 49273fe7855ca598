import { graphName } from "../../../contract/mod.ts";
import type { ShellCommand } from "../command.ts";
import { find, graphsOf, json } from "../context.ts";

export const graph: ShellCommand = {
	name: "graph",
	usage: "CLIENT/GRAPH",
	help: "show a graph: links, functions, topics, last error",
	run: async (context, typed) =>
		context.print(json(find("graph", await graphsOf(context), graphName, typed))),
	choices: async (context) => (await graphsOf(context)).map(graphName),
};
