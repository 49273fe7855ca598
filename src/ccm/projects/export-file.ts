import { type Static, Type } from "@sinclair/typebox";
import {
	CrowdRuleSchema,
	IdfTypeSchema,
	MAX_JOINS,
	MAX_LINKS,
	MAX_SEATS,
	NameSchema,
	type ProjectDocument,
} from "../../contract/mod.ts";
import { type Bundle, BundleSchema } from "./bundle.ts";
import { portIn, portsOf } from "./lookup.ts";

const FnName = Type.Union([NameSchema, Type.Null()]);
/** Ids tie parts of a file together and mean nothing outside. */
const FileId = Type.Integer({ minimum: 0 });
const FileKey = Type.String({ pattern: "^\\d+$" });
/** Without this, what is under another key than the pattern's is taken as it is. */
const NO_OTHER_KEYS = { additionalProperties: false } as const;

/**
 * An exported project (`ccm-gui.md §10`): models, features and functions are named; bindings are left out, and unless
 * there is a bundle what the names stand for.
 */
export const ExportFileSchema = Type.Object({
	project: Type.Object({
		p_name: NameSchema,
		DeviceObject: Type.Record(
			FileKey,
			Type.Object({
				do_idx: Type.Optional(Type.Integer()),
				dm_name: NameSchema,
				/** Of a crowd alone. */
				seats: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_SEATS })),
				dfo: Type.Record(
					FileKey,
					Type.Object({ df_name: NameSchema, alias_name: NameSchema }),
					NO_OTHER_KEYS,
				),
			}),
			NO_OTHER_KEYS,
		),
		NetworkApplication: Type.Array(
			Type.Object({
				na_name: NameSchema,
				na_idx: Type.Integer({ minimum: 0, maximum: MAX_JOINS }),
				/** How members of crowds take part; "each" by default. */
				crowd: Type.Optional(CrowdRuleSchema),
				DF_Module: Type.Array(
					Type.Object({
						dfo_id: FileId,
						param_i: Type.Integer({ minimum: 0, maximum: 65_534 }),
						idf_type: IdfTypeSchema,
						min: Type.Number(),
						max: Type.Number(),
						normalization: Type.Union([Type.Boolean(), Type.Integer({ minimum: 0, maximum: 1 })]),
						fn_name: FnName,
					}),
					{ maxItems: MAX_LINKS * 10 },
				),
				MultipleJoin_Module: Type.Array(
					Type.Object({ param_i: Type.Integer({ minimum: 0 }), dfo_id: FileId, fn_name: FnName }),
				),
			}),
			{ maxItems: MAX_JOINS },
		),
	}),
	bundle: Type.Optional(BundleSchema),
});

export type ExportFile = Static<typeof ExportFileSchema>;

/** A project as a file. @param nameOf Name of a function; null: there is none. */
export function exportFile(
	project: ProjectDocument,
	nameOf: (fnId: number | null) => string | null,
	bundle?: Bundle,
): ExportFile {
	const { p_name, blocks, joins } = project;
	const ports = portsOf(project);
	const objects = blocks.map(({ do_id, dm_name, seats, ports: own }) => {
		const dfo = own.map(({ dfo_id, df_name, alias_name }) => [dfo_id, { df_name, alias_name }]);
		const crowd = seats === null ? {} : { seats };
		return [do_id, { do_idx: 0, dm_name, ...crowd, dfo: Object.fromEntries(dfo) }];
	});
	const applications = joins.map(({ na_name, na_idx, fn_id, crowd, links }) => {
		const inputs = links.filter(({ dfo_id }) => portIn(ports, dfo_id).port.df_type === "input");
		return {
			na_name,
			na_idx,
			...(crowd === "together" && { crowd }),
			DF_Module: links.flatMap(({ dfo_id, params }) =>
				params.map(({ fn_id: own, ...values }, param_i) => ({
					dfo_id,
					param_i,
					...values,
					fn_name: nameOf(own),
				})),
			),
			MultipleJoin_Module: inputs.map(({ dfo_id }, param_i) => ({
				param_i,
				dfo_id,
				fn_name: nameOf(fn_id),
			})),
		};
	});
	return {
		project: {
			p_name,
			DeviceObject: Object.fromEntries(objects),
			NetworkApplication: applications,
		},
		...(bundle !== undefined && { bundle }),
	};
}
