import type { ModuleSchema } from "../../store/mod.ts";
import init from "./migrations/0000_init.sql" with { type: "text" };
import { ccmTables } from "./tables.ts";

/** What ccm keeps in the database. */
export const CCM_SCHEMA: ModuleSchema = {
	module: "ccm",
	migrations: [{ name: "init", sql: init }],
	tables: ccmTables,
};
