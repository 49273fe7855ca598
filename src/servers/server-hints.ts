import type { StorePort } from "../store/mod.ts";
import type { Host } from "./host.ts";
import type { ModuleNode } from "./module.ts";

/** What a server is told besides its configuration. */
export interface ServerHints {
	/** The command that makes an admin, for the page that asks for a login. */
	readonly addAdmin?: string;
	readonly host?: Host;
	/** Its database, opened, which it closes; without it, it opens the file that the configuration names. */
	readonly store?: StorePort;
	/** What makes it a node of a cluster. */
	readonly node?: ModuleNode | undefined;
}
