import { blob, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

// JSON columns are plain text here: a stored row is input like any other and is
// parsed and checked by the repositories, where a bad row can be named.

export const devices = sqliteTable("devices", {
	daId: text("da_id").primaryKey(),
	rev: text("rev").notNull(),
	name: text("name").notNull(),
	acceptProtos: text("accept_protos").notNull(),
	idfList: text("idf_list"),
	odfList: text("odf_list"),
	profile: text("profile").notNull(),
	registerTime: real("register_time").notNull(),
	awaySeconds: real("away_seconds").notNull(),
	online: integer("online", { mode: "boolean" }).notNull(),
	secretHash: text("secret_hash"),
	tokenHash: text("token_hash"),
	origin: text("origin"),
});

/** `listed` = offered by `add_funcs`; an unlisted source lives on only while a link or join uses it. */
export const functions = sqliteTable("functions", {
	digest: text("digest").primaryKey(),
	code: text("code").notNull(),
	listed: integer("listed", { mode: "boolean" }).notNull(),
	usedAt: integer("used_at").notNull(),
});

export const graphs = sqliteTable(
	"graphs",
	{
		client: text("client").notNull(),
		graph: text("graph").notNull(),
		joinFunc: text("join_func"),
		joinDepends: text("join_depends").notNull(),
		joinAsked: text("join_asked"),
		monitorTopic: text("monitor_topic"),
		monitoring: integer("monitoring", { mode: "boolean" }).notNull(),
	},
	(table) => [primaryKey({ columns: [table.client, table.graph] })],
);

/** Clients of the device API that want announcements (`csm.md §7`). */
export const deviceApiClients = sqliteTable("device_api_clients", {
	client: text("client").primaryKey(),
});

/** The ESM topic of each link key, alive while any graph links the key (`csm.md §4.4`). */
export const topics = sqliteTable(
	"topics",
	{
		daId: text("da_id").notNull(),
		mode: text("mode", { enum: ["idf", "odf"] }).notNull(),
		feature: text("feature").notNull(),
		topic: text("topic").notNull().unique(),
	},
	(table) => [primaryKey({ columns: [table.daId, table.mode, table.feature] })],
);

/** `id` grows with every link, so it is also the order of join slots (`csm.md §5.2`). */
export const links = sqliteTable("links", {
	id: integer("id").primaryKey({ autoIncrement: true }),
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
});

/** What the built-in broker retains and is worth keeping (`MQTT 3.1.1 §3.3.1.3`). */
export const retained = sqliteTable("retained", {
	topic: text("topic").primaryKey(),
	payload: blob("payload", { mode: "buffer" }).notNull(),
	qos: integer("qos").notNull(),
});

/** Persistent sessions of the built-in broker's clients (`MQTT 3.1.1 §4.1`). */
export const mqttSessions = sqliteTable("mqtt_sessions", {
	client: text("client").primaryKey(),
	login: text("login").notNull(),
	used: integer("used").notNull(),
	filters: text("filters").notNull(),
	received: text("received").notNull(),
});

/** What they wait for, in the order of ids; without a topic only the release of a message (QoS 2). */
export const mqttMessages = sqliteTable("mqtt_messages", {
	id: integer("id").primaryKey(),
	client: text("client").notNull(),
	topic: text("topic"),
	payload: blob("payload", { mode: "buffer" }),
	qos: integer("qos").notNull(),
	retain: integer("retain", { mode: "boolean" }).notNull(),
	packetId: integer("packet_id"),
});

/** People who may do everything. */
export const users = sqliteTable("users", {
	name: text("name").primaryKey(),
	hash: text("hash").notNull(),
	createdAt: real("created_at").notNull(),
});

/** What devices register with. */
export const tokens = sqliteTable("tokens", {
	name: text("name").primaryKey(),
	hash: text("hash").notNull().unique(),
	createdAt: real("created_at").notNull(),
	expiresAt: real("expires_at"),
});

/** One row: what tells this server from others at a broker they share. */
export const server = sqliteTable("server", { id: text("id").notNull() });
