import type { ShellContext } from "./context.ts";

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
