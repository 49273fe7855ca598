// The command line of a program with a module whose start fails, and which leaves a timer behind.
import { runCli } from "../../../src/cli/cli.ts";
import type { BuiltModule } from "../../../src/servers/module.ts";
import { ModuleList } from "../../../src/servers/module-list.ts";

const start = () => {
	setInterval(() => {}, 1000);
	throw new Error("nothing to start with");
};
const stuck = (): BuiltModule => ({
	parts: [{ name: "stuck", start }],
	routes: [],
	problems: () => [],
	metrics: () => [],
});
const modules = new ModuleList([{ name: "stuck", build: async () => stuck }]);
process.exitCode = (await runCli(process.argv.slice(2), async () => modules)) || process.exitCode;
