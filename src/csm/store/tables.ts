import { type Columns, perColumns } from "../../store/mod.ts";

// JSON columns are plain text here: a stored row is input like any other and is parsed and checked by the
// repositories, where a bad row can be named.

/** Devices, graphs and functions, for the database whose columns are given. */
export const csmTables = perColumns((columns) => ({
	...deviceTables(columns),
	...graphTables(columns),
}));

function deviceTables({ table, text, real, boolean, primaryKey }: Columns) {
	const devices = table("devices", {
		daId: text("da_id").primaryKey(),
		rev: text("rev").notNull(),
		name: text("name").notNull(),
		acceptProtos: text("accept_protos").notNull(),
		idfList: text("idf_list"),
		odfList: text("odf_list"),
		profile: text("profile").notNull(),
		registerTime: real("register_time").notNull(),
		awaySeconds: real("away_seconds").notNull(),
		presenceAt: real("presence_at"),
		online: boolean("online").notNull(),
		secretHash: text("secret_hash"),
		tokenHash: text("token_hash"),
		origin: text("origin"),
	});
	/** Clients of the device API that want announcements (`csm.md §7`). */
	const deviceApiClients = table("device_api_clients", { client: text("client").primaryKey() });
	/** The ESM topic of each link key, alive while any graph links the key (`csm.md §4.4`). */
	const topics = table(
		"topics",
		{
			daId: text("da_id").notNull(),
			mode: text("mode", { enum: ["idf", "odf"] }).notNull(),
			feature: text("feature").notNull(),
			topic: text("topic").notNull().unique(),
		},
		({ daId, mode, feature }) => [primaryKey({ columns: [daId, mode, feature] })],
	);
	return { devices, deviceApiClients, topics };
}

function graphTables({ table, text, integer, boolean, primaryKey, unique }: Columns) {
	/** `listed` = offered by `add_funcs`; an unlisted source lives on only while a link or join uses it. */
	const functions = table("functions", {
		digest: text("digest").primaryKey(),
		code: text("code").notNull(),
		listed: boolean("listed").notNull(),
		usedAt: integer("used_at").notNull(),
	});
	const graphs = table(
		"graphs",
		{
			client: text("client").notNull(),
			graph: text("graph").notNull(),
			joinFunc: text("join_func"),
			joinDepends: text("join_depends").notNull(),
			joinAsked: text("join_asked"),
			monitorTopic: text("monitor_topic"),
			monitoring: boolean("monitoring").notNull(),
			/** Milliseconds. */
			monitorInterval: integer("monitor_interval").notNull(),
		},
		({ client, graph }) => [primaryKey({ columns: [client, graph] })],
	);
	/** `id` grows with every link, so it is also the order of join slots (`csm.md §5.2`). */
	const links = table(
		"links",
		{
			id: integer("id").primaryKey(),
			client: text("client").notNull(),
			graph: text("graph").notNull(),
			daId: text("da_id").notNull(),
			mode: text("mode", { enum: ["idf", "odf"] }).notNull(),
			feature: text("feature").notNull(),
			func: text("func"),
			depends: text("depends").notNull(),
			inputType: text("input_type"),
			paramNo: integer("param_no"),
			tagParamNo: integer("tag_param_no").notNull(),
			error: text("error"),
			asked: text("asked"),
		},
		({ client, graph, daId, mode, feature }) => [unique().on(client, graph, daId, mode, feature)],
	);
	return { functions, graphs, links };
}

export type CsmTables = ReturnType<typeof csmTables>;
