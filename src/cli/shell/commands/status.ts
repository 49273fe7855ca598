import { askStatus, statusText } from "../../status.ts";
import type { ShellCommand } from "../command.ts";
import { server } from "../context.ts";

export const status: ShellCommand = {
	name: "status",
	usage: "",
	help: "show server status",
	run: async (context) => {
		const info = server(context);
		context.print(statusText(await askStatus(info), info.ini).trimEnd());
	},
};
