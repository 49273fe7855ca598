import type { ShellCommand } from "../command.ts";
import { deviceIds, devicesOf, find, json } from "../context.ts";

export const device: ShellCommand = {
	name: "device",
	usage: "ID",
	help: "show a device",
	run: async (context, typed) =>
		context.print(json(find("device ID", await devicesOf(context), ({ id }) => id, typed))),
	choices: deviceIds,
};
