import type { InitdbOptions } from "../initdb.ts";
import { NotThereYet } from "../options.ts";
import type { CliCommand } from "./command.ts";

export const initdb: CliCommand = {
	name: "initdb",
	description: "create the database, or upgrade an older one; with ccm also load its default data",
	example: "iotctl initdb ccm --import school.json",
	next: "iotctl start",
	completion: ({ names }) => names,
	build: (command, { options, serverModules }) =>
		command
			.argument("[what]", "ccm: device models, features and functions as well")
			.option("--empty", "ccm: load no default data")
			.option("--import <FILE>", "ccm: load a seed file as well; - is standard input")
			.option("--reset", "ccm: remove its projects and everything else of it first; asks")
			.option("--yes", "do not ask")
			.option("--alone", "the database of start ccm ([gui-db]) instead of [core-db]")
			.action(async (what: string | undefined, how: InitdbOptions) => {
				const { declared, names } = await serverModules();
				if (what !== undefined && !names.includes(what)) {
					const known = names.map((name) => `iotctl initdb ${name}`);
					throw new NotThereYet(`initdb ${what}`, ["iotctl initdb", ...known].join(", "));
				}
				const withData = declared.filter(({ data }) => data !== undefined).map(({ name }) => name);
				const [option] = Object.keys(how);
				if (!withData.includes(what ?? "") && option !== undefined) {
					const right = withData.map((name) => `iotctl initdb ${name} --${option}`);
					command.error(`error: option '--${option}' needs a word: ${right.join(", ")}`);
				}
				return (await import("../initdb.ts")).initdb(await options("own"), what, how);
			}),
};
