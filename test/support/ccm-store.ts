// The database with ccm's tables in it, as a server opens it.
import { DatabaseStore } from "../../src/ccm/store/database.ts";
import { CCM_SCHEMA } from "../../src/ccm/store/schema.ts";
import type { Logger } from "../../src/kit/log.ts";
import { Store } from "../../src/store/store.ts";
import { quietLog } from "./log.ts";

/** Opens `test.db` of a directory. */
export function openCcmDatabase(
	userdir: string,
	log: Logger = quietLog,
): { store: Store; ccm: DatabaseStore } {
	const store = new Store({ userdir, url: "test.db" }, log, [CCM_SCHEMA]);
	return { store, ccm: new DatabaseStore(store, log) };
}
