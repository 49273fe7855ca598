import { table } from "../../table.ts";
import type { ShellCommand } from "../command.ts";
import { devicesOf } from "../context.ts";

export const devices: ShellCommand = {
	name: "devices",
	usage: "",
	help: "list devices with their presence",
	run: async (context) => {
		const rows = (await devicesOf(context)).map(({ id, name, state, accept_protos }) => [
			...[id, state, Array.isArray(accept_protos) ? accept_protos.join(",") : "", name],
		]);
		context.print(table([["ID", "STATE", "PROTOCOLS", "NAME"], ...rows]));
	},
};
