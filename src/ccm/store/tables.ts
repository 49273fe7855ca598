import { type Columns, perColumns } from "../../store/mod.ts";

// Columns are named as the keys of the records in `port.ts`. What is nested there is JSON, and plain text here: a stored
// row is input like any other and is parsed and checked by the repositories, where a bad row can be named.

/** CCM's data, for the database whose columns are given (`docs/adr/0019`). */
export const ccmTables = perColumns((columns) => ({
	...catalogTables(columns),
	...projectTables(columns),
	...invitationTables(columns),
	...otherTables(columns),
}));

function catalogTables({ table, text, integer, boolean }: Columns) {
	const units = table("ccm_unit", {
		unit_id: integer("unit_id").primaryKey(),
		unit_name: text("unit_name").notNull().unique(),
	});
	const tags = table("ccm_tag", {
		tag_id: integer("tag_id").primaryKey(),
		tag_name: text("tag_name").notNull().unique(),
		param_no: integer("param_no").notNull(),
	});
	const features = table("ccm_feature", {
		df_id: integer("df_id").primaryKey(),
		df_name: text("df_name").notNull().unique(),
		df_type: text("df_type", { enum: ["input", "output"] }).notNull(),
		df_category: text("df_category").notNull(),
		comment: text("comment").notNull(),
		u_id: integer("u_id"),
		params: text("params").notNull(),
	});
	const models = table("ccm_model", {
		dm_id: integer("dm_id").primaryKey(),
		dm_name: text("dm_name").notNull().unique(),
		plural: boolean("plural").notNull(),
		device_only: boolean("device_only").notNull(),
		u_id: integer("u_id"),
		members: text("members").notNull(),
	});
	/** One name is there once for an owner, and once for the system. */
	const functions = table("ccm_function", {
		fn_id: integer("fn_id").primaryKey(),
		fn_name: text("fn_name").notNull(),
		is_protect: boolean("is_protect").notNull(),
		u_id: integer("u_id"),
		pinned: text("pinned").notNull().default("[]"),
	});
	/** `place` orders the versions of a function, the oldest first. */
	const versions = table("ccm_function_version", {
		fnvt_idx: integer("fnvt_idx").primaryKey(),
		fn_id: integer("fn_id").notNull(),
		place: integer("place").notNull(),
		u_id: integer("u_id"),
		date: text("date").notNull(),
		code: text("code").notNull(),
	});
	return { units, tags, features, models, functions, versions };
}

function projectTables({ table, text, integer, boolean, primaryKey, unique }: Columns) {
	const projects = table(
		"ccm_project",
		{
			p_id: integer("p_id").primaryKey(),
			p_name: text("p_name").notNull(),
			u_id: integer("u_id").notNull(),
			rev: integer("rev").notNull(),
			status: text("status", { enum: ["on", "off"] }).notNull(),
			sim: text("sim", { enum: ["on", "off"] }).notNull(),
			blocks: text("blocks").notNull(),
			joins: text("joins").notNull(),
		},
		({ u_id, p_name }) => [unique().on(u_id, p_name)],
	);
	/** What a project's document has and what it uses, for finding projects by it. */
	const mentions = table(
		"ccm_mention",
		{
			p_id: integer("p_id").notNull(),
			kind: text("kind").notNull(),
			ref: text("ref").notNull(),
		},
		({ kind, ref, p_id }) => [primaryKey({ columns: [kind, ref, p_id] })],
	);
	const members = table(
		"ccm_project_member",
		{
			p_id: integer("p_id").notNull(),
			u_id: integer("u_id").notNull(),
			may: text("may", { enum: ["look", "edit"] }).notNull(),
		},
		({ p_id, u_id }) => [primaryKey({ columns: [p_id, u_id] })],
	);
	/** `seq` grows with every change. */
	const undo = table("ccm_change", {
		seq: integer("seq").primaryKey(),
		p_id: integer("p_id").notNull(),
		u_id: integer("u_id").notNull(),
		rev: integer("rev").notNull(),
		inverse: text("inverse").notNull(),
		redo: text("redo").notNull(),
		is_undone: boolean("is_undone").notNull(),
	});
	return { projects, mentions, members, undo };
}

/** Times are milliseconds of running time. */
function invitationTables({ table, text, integer }: Columns) {
	const invitations = table("ccm_invitation", {
		do_id: integer("do_id").primaryKey(),
		p_id: integer("p_id").notNull(),
		code_hash: text("code_hash").notNull(),
		ends_at: integer("ends_at").notNull(),
	});
	const seats = table("ccm_seat", {
		da_id: text("da_id").primaryKey(),
		p_id: integer("p_id").notNull(),
		do_id: integer("do_id").notNull(),
		seat: integer("seat").notNull(),
		nickname: text("nickname").notNull(),
	});
	const formerSeats = table("ccm_former_seat", {
		da_id: text("da_id").primaryKey(),
		why: text("why", { enum: ["ended", "removed"] }).notNull(),
		since: integer("since").notNull(),
	});
	return { invitations, seats, formerSeats };
}

function otherTables({ table, text, real, integer, boolean }: Columns) {
	const devices = table("ccm_device", {
		d_id: integer("d_id").primaryKey(),
		mac_addr: text("mac_addr").notNull().unique(),
		d_name: text("d_name").notNull(),
		status: text("status", { enum: ["online", "offline"] }).notNull(),
		u_id: integer("u_id"),
		dm_name: text("dm_name").notNull(),
		is_sim: boolean("is_sim").notNull(),
		register_time: real("register_time").notNull(),
		extra_setup_webpage: text("extra_setup_webpage").notNull(),
		device_webpage: text("device_webpage").notNull(),
	});
	const favourites = table("ccm_favourite", {
		seq: integer("seq").primaryKey(),
		fn_id: integer("fn_id").notNull(),
		df_id: integer("df_id"),
		u_id: integer("u_id"),
	});
	/** Graphs CSM may have, and which links it may have of them. */
	const graphs = table("ccm_graph", {
		graph: text("graph").primaryKey(),
		links: text("links").notNull(),
		settled: text("settled").notNull(),
	});
	/** Who changed what; `seq` grows with every change. */
	const audit = table("ccm_audit", {
		seq: integer("seq").primaryKey(),
		at: text("at").notNull(),
		u_id: integer("u_id").notNull(),
		u_name: text("u_name").notNull(),
		door: text("door").notNull(),
		operation: text("operation").notNull(),
		p_id: integer("p_id"),
		details: text("details").notNull(),
	});
	/** The last id of each kind, what the catalog in memory is compared with, and whether default data were loaded. */
	const state = table("ccm_state", {
		name: text("name").primaryKey(),
		value: text("value").notNull(),
	});
	return { devices, favourites, graphs, audit, state };
}

export type CcmDatabase = ReturnType<typeof ccmTables>;
