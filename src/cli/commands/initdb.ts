import { NotThereYet } from "../options.ts";
import type { CliCommand } from "./command.ts";

export const initdb: CliCommand = {
	name: "initdb",
	description: "create the database, or upgrade an older one",
	example: "iotctl initdb",
	next: "iotctl start",
	build: (command, { options }) =>
		command
			.argument("[what]", "omit for the core database; ccm is not available in this version")
			.action(async (what: string | undefined) => {
				if (what !== undefined) throw new NotThereYet(`initdb ${what}`, "iotctl initdb");
				return (await import("../initdb.ts")).initdb(await options("own"));
			}),
};
