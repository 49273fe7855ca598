/** A function a person is writing, and what it is to be called with. */
export interface FunctionDraft {
	readonly code: string;
	/** Functions it reaches as `iot.<alias>`. */
	readonly helpers: readonly { readonly alias: string; readonly code: string }[];
	/** Which function of a graph it is to be. */
	readonly stage: "idf" | "join" | "odf";
	/** Each is a message's values; for a join its slots. */
	readonly samples: readonly unknown[];
}

/** Why nothing was looked at. */
export interface BenchRefusal {
	/** `off`: there is no engine; `busy`: too much waits; `input`: what is wanted is not allowed. */
	readonly refused: "off" | "busy" | "input";
	readonly reason: string;
}

/**
 * Looks at functions while they are written, in an engine that carries no traffic; `servers` passes the data path's
 * workbench.
 */
export interface FunctionBench {
	/** Whether functions are checked and can be tried. */
	readonly isOn: boolean;
	/** Whether what is tried can do nothing to the server. */
	readonly isSandboxed: boolean;
	/** What looks wrong in a source. @param who People take turns. */
	lint(who: string, code: string): Promise<readonly object[] | BenchRefusal>;
	/** Calls a draft with samples. */
	try(who: string, draft: FunctionDraft): Promise<object | BenchRefusal>;
	/** Names an editor can offer. */
	completions(): object;
}
