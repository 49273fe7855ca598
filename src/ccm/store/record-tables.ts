import { Type } from "@sinclair/typebox";
import {
	ChangeSchema,
	IdfTypeSchema,
	IdSchema,
	PinnedListSchema,
	ProjectDocumentSchema,
} from "../../contract/mod.ts";
import type { RecordTable } from "./record-rows.ts";
import type { CcmDatabase } from "./tables.ts";

export const ParamsSchema = Type.Array(
	Type.Object({
		param_type: Type.String(),
		idf_type: IdfTypeSchema,
		fn_id: Type.Union([IdSchema, Type.Null()]),
		min: Type.Number(),
		max: Type.Number(),
		normalization: Type.Boolean(),
		unit_id: IdSchema,
	}),
);

export const MembersSchema = Type.Array(
	Type.Object({
		mf_id: IdSchema,
		df_id: IdSchema,
		params: ParamsSchema,
		tag_ids: Type.Array(IdSchema),
	}),
);

/** The tables that hold records, and the shapes of what is JSON in them. */
export function recordTables(tables: CcmDatabase) {
	const byId = (table: RecordTable["table"], id: string, json: RecordTable["json"] = {}) => ({
		...{ table, key: [id], order: id, json },
	});
	return {
		units: byId(tables.units, "unit_id"),
		tags: byId(tables.tags, "tag_id"),
		features: byId(tables.features, "df_id", { params: ParamsSchema }),
		models: byId(tables.models, "dm_id", { members: MembersSchema }),
		functions: byId(tables.functions, "fn_id", { pinned: PinnedListSchema }),
		versions: { table: tables.versions, key: ["fnvt_idx"], order: "fnvt_idx" },
		devices: {
			...byId(tables.devices, "d_id"),
			// CSM says what it really is; a row left out would keep its device from being stored at all.
			mend: (row: Readonly<Record<string, unknown>>) => ({
				...{ ...row, status: row.status === "online" ? "online" : "offline" },
			}),
		},
		projects: byId(tables.projects, "p_id", {
			blocks: ProjectDocumentSchema.properties.blocks,
			joins: ProjectDocumentSchema.properties.joins,
		}),
		members: { table: tables.members, key: ["p_id", "u_id"], order: "u_id" },
		favourites: { table: tables.favourites, key: ["fn_id", "df_id", "u_id"], order: "seq" },
		invitations: byId(tables.invitations, "do_id"),
		seats: { table: tables.seats, key: ["da_id"], order: "da_id" },
		formerSeats: { table: tables.formerSeats, key: ["da_id"], order: "da_id" },
		undo: {
			...{ table: tables.undo, key: ["p_id", "rev"], order: "seq" },
			json: { inverse: Type.Array(ChangeSchema), redo: Type.Array(ChangeSchema) },
		},
		graphs: {
			...{ table: tables.graphs, key: ["graph"], order: "graph" },
			json: { links: Type.Array(Type.String()) },
		},
	} satisfies Record<string, RecordTable>;
}

export type RecordTables = ReturnType<typeof recordTables>;
