import { AAA } from "../auth/config.ts";
import { MQTT, WEBSOCKET } from "../broker/config.ts";
import { CLUSTER } from "../cluster/config.ts";
import { composeSections } from "../config/mod.ts";
import { DATABASE } from "../store/config.ts";
import { TLS } from "../tls/config.ts";

/** The sections every server has, whichever modules it is made of; those of its modules are added to them. */
export const CORE_INI = composeSections([DATABASE, MQTT, WEBSOCKET, TLS, AAA, CLUSTER]);

/**
 * The validated configuration: section → key → typed value, names as in the ini. It has the values of modules too,
 * which they read with `sectionValues`.
 */
export type Config = ReturnType<typeof CORE_INI.defaults> & {
	/** What the ini calls `url` of `[core-db]` where that is another section's; undefined: just that. */
	readonly databaseSetting?: string;
};
