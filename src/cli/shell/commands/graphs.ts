import { graphName } from "../../../contract/mod.ts";
import { table } from "../../table.ts";
import type { ShellCommand } from "../command.ts";
import { graphsOf } from "../context.ts";

export const graphs: ShellCommand = {
	name: "graphs",
	usage: "",
	help: "list graphs",
	run: async (context) => {
		const rows = (await graphsOf(context)).map((graph) => [
			graphName(graph),
			String(graph.idfs.length),
			String(graph.odfs.length),
			graph.join.func?.slice(0, 8) ?? "-",
			String(graph.dropped),
		]);
		context.print(table([["GRAPH", "IDF", "ODF", "JOIN", "DROPPED"], ...rows]));
	},
};
