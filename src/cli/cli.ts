import type { ModuleList } from "../servers/mod.ts";
import type { Call } from "./advice.ts";
import { failureOf } from "./failure.ts";
import { complain, surviveOutput } from "./output.ts";
import { buildProgram } from "./program.ts";

/**
 * Runs `iotctl` (`csm.md §9`).
 * @param args Arguments behind the program's name.
 * @param serverModules Loads the list of server modules, for the commands that need it.
 * @returns the exit code: 0 done, 1 failed, 2 wrong or missing arguments, 3 not running, 4 no answer.
 */
export async function runCli(
	args: readonly string[],
	serverModules: () => Promise<ModuleList>,
): Promise<number> {
	surviveOutput();
	let ini: string | undefined;
	const onIni = (found: string | undefined) => {
		ini = found;
	};
	const program = buildProgram(serverModules, onIni, args);
	try {
		if (args.length === 0) {
			program.outputHelp();
			return 0;
		}
		await program.parseAsync([...args], { from: "user" });
		return Number(process.exitCode ?? 0);
	} catch (error) {
		// Not thrown on: a server's own handlers would log it, and the program would end as if all were well.
		const call: Call = { args, ini };
		const { message, exitCode } = failureOf(error, call);
		if (message !== undefined) complain(`iotctl: ${message}`);
		return exitCode;
	}
}
