import { statusText } from "../../status.ts";
import type { ShellCommand } from "../command.ts";
import { server, statusOf } from "../context.ts";

export const status: ShellCommand = {
	name: "status",
	usage: "",
	help: "show server status",
	run: async (context) => {
		const { ini } = server(context);
		context.print(statusText(await statusOf(context), ini).trimEnd());
	},
};
