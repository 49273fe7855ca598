import { ask } from "../../running.ts";
import type { ShellCommand } from "../command.ts";
import { server } from "../context.ts";

export const log: ShellCommand = {
	name: "log",
	usage: "",
	help: "show the newest lines of the server's log",
	run: async (context) => {
		const lines = (await ask(server(context), "/api/log")) as Record<string, unknown>[];
		for (const line of lines) context.print(JSON.stringify(line));
	},
};
