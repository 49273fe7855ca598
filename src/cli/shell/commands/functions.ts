import { table } from "../../table.ts";
import type { ShellCommand } from "../command.ts";
import { functionsOf } from "../context.ts";

export const functions: ShellCommand = {
	name: "functions",
	usage: "",
	help: "list functions",
	run: async (context) => {
		const rows = (await functionsOf(context)).map(({ digest, bytes, uses, listed }) => [
			digest,
			String(bytes),
			String(uses),
			listed ? "" : "removed, still in use",
		]);
		context.print(table([["DIGEST", "BYTES", "USES", ""], ...rows]));
	},
};
