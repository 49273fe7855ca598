import { table } from "../../table.ts";
import type { ShellCommand } from "../command.ts";

export const help: ShellCommand = {
	name: "help",
	usage: "",
	help: "list commands",
	run: ({ commands, print }) => {
		const rows = [...commands.values()].map(({ name, usage, help }) => [`${name} ${usage}`, help]);
		print(table([...rows, ["exit", "leave (Ctrl-D too)"]]));
	},
};
