// The command line of a program with a module more: as src/main.ts, except for the list.
import { runCli } from "../../../src/cli/cli.ts";
import { ModuleList } from "../../../src/servers/module-list.ts";
import { CSM } from "../../../src/servers/server-modules.ts";
import { LAMPS, lamps } from "./lamps.ts";

const { name, schema, build } = lamps();
const modules = new ModuleList([
	CSM,
	{
		name,
		sections: [LAMPS],
		...(schema !== undefined && { schema: async () => schema }),
		build: async () => build,
	},
]);
process.exitCode = (await runCli(process.argv.slice(2), async () => modules)) || process.exitCode;
