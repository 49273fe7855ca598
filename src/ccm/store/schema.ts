import type { ModuleSchema } from "../../store/mod.ts";
import init from "./migrations/0000_init.sql" with { type: "text" };
import redo from "./migrations/0001_redo.sql" with { type: "text" };
import graphLinks from "./migrations/0002_graph_links.sql" with { type: "text" };
import audit from "./migrations/0003_audit.sql" with { type: "text" };
import pinned from "./migrations/0004_pinned.sql" with { type: "text" };
import invitations from "./migrations/0005_invitations.sql" with { type: "text" };
import postgres from "./migrations/postgres/0005_invitations.sql" with { type: "text" };
import { ccmTables } from "./tables.ts";

/** What ccm keeps in the database. */
export const CCM_SCHEMA: ModuleSchema = {
	module: "ccm",
	migrations: [
		{ name: "init", sql: init },
		{ name: "redo", sql: redo },
		{ name: "graph_links", sql: graphLinks },
		{ name: "audit", sql: audit },
		{ name: "pinned", sql: pinned },
		{ name: "invitations", sql: invitations },
	],
	postgres: { sql: postgres, steps: 6 },
	tables: ccmTables,
};
