import type { StorePort } from "../store/mod.ts";
import type { NodeSetup } from "./node-parts.ts";

/** What the program around a server does for it. */
export interface Host {
	/** The ini in use; undefined: all defaults count. */
	readonly ini?: string | undefined;
	/** Restarts the server in this process with what the ini says now, soon. */
	restart?(ini: string): void;
}

/** What a server is told besides its configuration. */
export interface ServerHints {
	/** The command that makes an admin, for the page that asks for a login. */
	readonly addAdmin?: string;
	readonly host?: Host;
	/** Its database, opened, which it closes; without it, it opens the file that the configuration names. */
	readonly store?: StorePort;
	/** What makes it a node of a cluster. */
	readonly node?: NodeSetup | undefined;
}
