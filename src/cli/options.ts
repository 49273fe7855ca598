/** Options that stand before the sub-command. */
export interface GlobalOptions {
	/** `-d`: log at debug level. */
	readonly debug?: boolean;
	/** `-c`: ini file. */
	readonly config?: string;
}

/** What somebody asked for is not in this version. */
export class NotThereYet extends Error {
	constructor(what: string, instead: string) {
		super(`"${what}" is not in this version yet; what works: ${instead}`);
	}
}
