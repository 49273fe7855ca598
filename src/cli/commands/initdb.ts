import { NotThereYet } from "../options.ts";
import type { CliCommand } from "./command.ts";

export const initdb: CliCommand = {
	name: "initdb",
	description: "initialize the database, or bring an older one up to date",
	example: "iotctl initdb",
	next: "iotctl start csm",
	build: (command, { options }) =>
		command
			.argument("[what]", "nothing for the core database; ccm is not in this version yet")
			.action(async (what: string | undefined) => {
				if (what !== undefined) throw new NotThereYet(`initdb ${what}`, "iotctl initdb");
				return (await import("../initdb.ts")).initdb(options("own"));
			}),
};
