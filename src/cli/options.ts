import type { IniOrigin } from "./ini-path.ts";

/** Options of every command. */
export interface GlobalOptions {
	/** `-d`: log at debug level. */
	readonly debug?: boolean;
	/** The ini in use, named with `-c` or found; undefined when all defaults count. */
	readonly config?: string;
	/** How it was found. */
	readonly origin?: IniOrigin;
}

/** What somebody asked for is not in this version. */
export class NotThereYet extends Error {
	constructor(what: string, instead: string) {
		super(`"${what}" is not in this version yet; what works: ${instead}`);
	}
}
