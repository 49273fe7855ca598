import { realpathSync } from "node:fs";
import { basename, isAbsolute, relative, resolve } from "node:path";
import { selfCommand } from "../kit/mod.ts";

/** How this process was started. */
export interface Invocation {
	/** What was typed for the program: a name that PATH leads to, or a path. */
	readonly argv0: string;
	/** As `selfCommand`: the executable, or Bun and the entry file. */
	readonly self: readonly string[];
	/** Whether this is the command line itself; its parts are also used by scripts. */
	readonly isProgram: boolean;
	readonly cwd: string;
	/** Where PATH leads to. */
	which(name: string): string | null;
}

/**
 * What to type for this program: `iotctl` where PATH leads to it, else the path that was typed.
 * @param isAnywhere Whether it is to work from any directory.
 */
export function programWords(
	isAnywhere = false,
	{ argv0, self, isProgram, cwd, which }: Invocation = thisInvocation(),
): string[] {
	if (!isProgram) return ["iotctl"];
	const [executable = "", script] = self;
	const isPath = argv0.includes("/");
	const typed = isPath && isAnywhere ? resolve(cwd, argv0) : argv0;
	if (script === undefined) {
		const name = basename(argv0);
		return isSameFile(which(name), executable) ? [name] : [typed];
	}
	// npm names both by their whole paths.
	return isAnywhere ? [typed, script] : [near(typed, cwd), near(script, cwd)];
}

function thisInvocation(): Invocation {
	const self = selfCommand();
	return {
		argv0: process.argv0,
		self,
		isProgram: self.length === 1 || Bun.main === self[1],
		cwd: process.cwd(),
		which: Bun.which,
	};
}

/** An absolute path below a directory relative to it; any other as it is. */
function near(path: string, directory: string): string {
	const below = relative(directory, path);
	if (!isAbsolute(path) || below.startsWith("..")) return path;
	return below.includes("/") ? below : `./${below}`;
}

function isSameFile(found: string | null, executable: string): boolean {
	try {
		return found !== null && realpathSync(found) === realpathSync(executable);
	} catch {
		return false;
	}
}
