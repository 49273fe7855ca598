import { type ModuleSchema, perColumns } from "../store/mod.ts";
import init from "./migrations/0000_init.sql" with { type: "text" };
import projects from "./migrations/0001_projects.sql" with { type: "text" };
import pages from "./migrations/0002_pages.sql" with { type: "text" };

/** What is asked for inside other modules' units of work; the rest goes through `LeaseRows`. */
export const clusterTables = perColumns(({ table, text, integer, primaryKey }) => {
	/** Who owns a partition, and how often it has changed hands: a token is never used again. */
	const partitions = table("cluster_partitions", {
		id: integer("id").primaryKey(),
		owner: text("owner"),
		token: integer("token").notNull(),
	});
	/** The last requests of each partition and how they were answered; each takes the place of an older one. */
	const requests = table(
		"cluster_requests",
		{
			part: integer("part").notNull(),
			slot: integer("slot").notNull(),
			number: integer("number").notNull(),
			mark: text("mark").notNull(),
			packetId: integer("packet_id").notNull(),
			digest: text("digest").notNull(),
			reply: text("reply").notNull(),
		},
		({ part, slot }) => [primaryKey({ columns: [part, slot] })],
	);
	return { partitions, requests };
});

/** What nodes keep of each other; in PostgreSQL only, and only where there is a cluster. */
export const CLUSTER_SCHEMA: ModuleSchema = {
	module: "cluster",
	// A file of one machine has no nodes.
	migrations: [
		{ name: "init", sql: "" },
		{ name: "projects", sql: "", postgres: projects },
		{ name: "pages", sql: "", postgres: pages },
	],
	postgres: { sql: init, steps: 1 },
	tables: clusterTables,
};
