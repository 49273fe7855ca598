import type { ShellCommand } from "../command.ts";
import { deviceIds, devicesOf, find, json } from "../context.ts";

export const device: ShellCommand = {
	name: "device",
	usage: "ID",
	help: "all of one device",
	run: async (context, typed) =>
		context.print(json(find("device", await devicesOf(context), ({ id }) => id, typed))),
	choices: deviceIds,
};
