import type { ModuleSchema } from "../../store/mod.ts";
import init from "./migrations/0000_init.sql" with { type: "text" };
import monitorAndClients from "./migrations/0001_monitor_and_clients.sql" with { type: "text" };
import deviceLogins from "./migrations/0002_device_logins.sql" with { type: "text" };
import awayTime from "./migrations/0003_away_time.sql" with { type: "text" };
import origins from "./migrations/0004_origins.sql" with { type: "text" };
import refusedFunctions from "./migrations/0005_refused_functions.sql" with { type: "text" };
import monitorInterval from "./migrations/0006_monitor_interval.sql" with { type: "text" };
import presenceTime from "./migrations/0007_presence_time.sql" with { type: "text" };
import postgres from "./migrations/postgres/0006_monitor_interval.sql" with { type: "text" };
import sharedPresenceTime from "./migrations/postgres/0007_presence_time.sql" with { type: "text" };
import { csmTables } from "./tables.ts";

/** What csm keeps in the database. */
export const CSM_SCHEMA: ModuleSchema = {
	module: "csm",
	migrations: [
		{ name: "init", sql: init, formerly: 1 },
		{ name: "monitor_and_clients", sql: monitorAndClients, formerly: 2 },
		{ name: "device_logins", sql: deviceLogins, formerly: 4 },
		{ name: "away_time", sql: awayTime, formerly: 5 },
		{ name: "origins", sql: origins, formerly: 6 },
		{ name: "refused_functions", sql: refusedFunctions, formerly: 7 },
		{ name: "monitor_interval", sql: monitorInterval },
		{ name: "presence_time", sql: presenceTime, postgres: sharedPresenceTime },
	],
	postgres: { sql: postgres, steps: 7 },
	tables: csmTables,
};
