import type { ModuleList } from "../servers/mod.ts";
import type { IniOrigin } from "./ini-path.ts";

/** Options of every command. */
export interface GlobalOptions {
	/** What the program can serve: the ini and the database have a part for each. */
	readonly modules: ModuleList;
	/** `-d`: log at debug level. */
	readonly debug?: boolean;
	/** The ini in use, named with `-c` or found; undefined when all defaults count. */
	readonly config?: string;
	/** How it was found. */
	readonly origin?: IniOrigin;
}

/** What was asked for is not available in this version. */
export class NotThereYet extends Error {
	constructor(what: string, instead: string) {
		super(`"${what}" is not available in this version; available: ${instead}`);
	}
}
