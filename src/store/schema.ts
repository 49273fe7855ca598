import type { Columns } from "./columns.ts";
import retainedMessages from "./migrations/0000_retained.sql" with { type: "text" };
import accounts from "./migrations/0001_accounts.sql" with { type: "text" };
import sessions from "./migrations/0002_sessions.sql" with { type: "text" };
import serverId from "./migrations/0003_server_id.sql" with { type: "text" };
import people from "./migrations/0004_people.sql" with { type: "text" };
import pageSessions from "./migrations/0005_page_sessions.sql" with { type: "text" };
import postgres from "./migrations/postgres/0005_page_sessions.sql" with { type: "text" };
import type { ModuleSchema } from "./module-schema.ts";
import { perColumns } from "./per-columns.ts";

/** Accounts, and what the built-in broker keeps, for the database whose columns are given. */
export const storeTables = perColumns((columns) => {
	const { table, text, real, integer, boolean, bytes } = columns;
	/** What the built-in broker retains and is worth keeping (`MQTT 3.1.1 §3.3.1.3`). */
	const retained = table("retained", {
		topic: text("topic").primaryKey(),
		payload: bytes("payload").notNull(),
		qos: integer("qos").notNull(),
	});

	/** Persistent sessions of the built-in broker's clients (`MQTT 3.1.1 §4.1`). */
	const mqttSessions = table("mqtt_sessions", {
		client: text("client").primaryKey(),
		login: text("login").notNull(),
		used: integer("used").notNull(),
		filters: text("filters").notNull(),
		received: text("received").notNull(),
	});

	/** What they wait for, in the order of ids; without a topic only the release of a message (QoS 2). */
	const mqttMessages = table("mqtt_messages", {
		id: integer("id").primaryKey(),
		client: text("client").notNull(),
		topic: text("topic"),
		payload: bytes("payload"),
		qos: integer("qos").notNull(),
		retain: boolean("retain").notNull(),
		packetId: integer("packet_id"),
	});

	/** What devices register with. */
	const tokens = table("tokens", {
		name: text("name").primaryKey(),
		hash: text("hash").notNull().unique(),
		createdAt: real("created_at").notNull(),
		expiresAt: real("expires_at"),
	});

	/** One row: what tells this server from others at a broker they share. */
	const server = table("server", { id: text("id").notNull() });
	return { retained, mqttSessions, mqttMessages, tokens, server, ...accountTables(columns) };
});

function accountTables({ table, text, real, integer, boolean }: Columns) {
	/** People who log in; an id is never given again. */
	const users = table("users", {
		id: integer("id").primaryKey(),
		name: text("name").notNull().unique(),
		hash: text("hash").notNull(),
		role: text("role").$type<Role>().notNull(),
		email: text("email"),
		/** The subject of an OpenID provider. */
		sub: text("sub").unique(),
		isActive: boolean("is_active").notNull(),
		createdAt: real("created_at").notNull(),
	});

	/** What lets people register who have one; each a number of times, until its end. */
	const registrationCodes = table("registration_codes", {
		hash: text("hash").primaryKey(),
		usesLeft: integer("uses_left").notNull(),
		expiresAt: real("expires_at").notNull(),
		createdAt: real("created_at").notNull(),
	});

	/** What services of other processes log in with. */
	const serviceSecrets = table("service_secrets", {
		name: text("name").primaryKey(),
		hash: text("hash").notNull(),
		createdAt: real("created_at").notNull(),
	});
	/** Sessions of people at pages; ages count only while a server runs. */
	const pageSessions = table("page_sessions", {
		hash: text("hash").primaryKey(),
		userId: integer("user_id").notNull(),
		login: text("login").notNull(),
		begunSeconds: real("begun_seconds").notNull(),
		idleSeconds: real("idle_seconds").notNull(),
	});
	return { users, registrationCodes, serviceSecrets, pageSessions };
}

export type StoreTables = ReturnType<typeof storeTables>;

/** What a person may do, least first in {@link ROLES}. */
export type Role = (typeof ROLES)[number];
export const ROLES = ["student", "teacher", "admin"] as const;

/** What the built-in broker keeps, always in a file of the server's machine: it is not in PostgreSQL. */
export const LOCAL_TABLES: readonly string[] = ["retained", "mqtt_sessions", "mqtt_messages"];

/** What the store itself keeps. */
export const STORE_SCHEMA: ModuleSchema = {
	module: "store",
	migrations: [
		{ name: "retained", sql: retainedMessages, formerly: 3 },
		{ name: "accounts", sql: accounts, formerly: 4 },
		{ name: "sessions", sql: sessions, formerly: 8 },
		{ name: "server_id", sql: serverId, formerly: 9 },
		{ name: "people", sql: people },
		{ name: "page_sessions", sql: pageSessions },
	],
	postgres: { sql: postgres, steps: 6 },
	tables: storeTables,
};
