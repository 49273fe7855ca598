/** What the program around a server does for it. */
export interface Host {
	/** The ini in use; undefined: all defaults count. */
	readonly ini?: string | undefined;
	/** Restarts the server in this process with what the ini says now, soon. */
	restart?(ini: string): void;
}
