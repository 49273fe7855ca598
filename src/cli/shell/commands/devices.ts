import { table } from "../../table.ts";
import type { ShellCommand } from "../command.ts";
import { devicesOf } from "../context.ts";

export const devices: ShellCommand = {
	name: "devices",
	usage: "",
	help: "list devices with their presence",
	run: async (context) => {
		const rows = (await devicesOf(context)).map(({ id, name, state }) => [id, state, name]);
		context.print(table([["ID", "STATE", "NAME"], ...rows]));
	},
};
