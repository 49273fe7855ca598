import type { ModuleList } from "../../servers/mod.ts";
import type { Config } from "../../settings/mod.ts";

/** A command of `iotctl shell`. */
export interface ShellCommand {
	readonly name: string;
	/** Arguments, as the help shows them. */
	readonly usage: string;
	readonly help: string;
	/** @param rest What was typed behind the name. */
	run(context: ShellContext, rest: string): Promise<void> | void;
	/** What its argument may be. */
	choices?(context: ShellContext): Promise<string[]>;
}

/** What a command of the shell works with. */
export interface ShellContext {
	readonly modules: ModuleList;
	readonly config: Config;
	/** All there are, by name. */
	readonly commands: ReadonlyMap<string, ShellCommand>;
	readonly print: (text: string) => void;
	/** Resolves at the next Ctrl-C. */
	readonly interrupted: () => Promise<void>;
}
