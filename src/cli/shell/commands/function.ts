import { fetchFrom } from "../../running.ts";
import type { ShellCommand } from "../command.ts";
import { find, functionsOf, server } from "../context.ts";

export const functionCommand: ShellCommand = {
	name: "function",
	usage: "DIGEST",
	help: "show the source of a function",
	run: async (context, typed) => {
		const known = await functionsOf(context);
		const { digest } = find("function digest", known, (entry) => entry.digest, typed);
		const response = await fetchFrom(server(context), `/api/functions/${digest}`);
		context.print((await response.text()).trimEnd());
	},
	choices: async (context) => (await functionsOf(context)).map(({ digest }) => digest),
};
