import { type Static, Type } from "@sinclair/typebox";
import {
	FeatureTypeSchema,
	IdfTypeSchema,
	NameSchema,
	PinnedListSchema,
} from "../../contract/mod.ts";

/** Types of a parameter's values (`ccm-gui.md §2`). */
export const ParamTypeSchema = Type.Union(
	["int", "float", "boolean", "void", "string", "json"].map((type) => Type.Literal(type)),
	{ description: "int, float, boolean, void, string or json" },
);

const SeedParamSchema = Type.Object({
	param_type: Type.Optional(ParamTypeSchema),
	idf_type: Type.Optional(IdfTypeSchema),
	min: Type.Optional(Type.Number()),
	max: Type.Optional(Type.Number()),
	unit: Type.Optional(NameSchema),
});

const SeedModelFeature = Type.Union([
	NameSchema,
	Type.Object({
		df_name: NameSchema,
		df_parameter: Type.Optional(Type.Array(SeedParamSchema)),
		tags: Type.Optional(Type.Array(NameSchema)),
	}),
]);

/** A seed file (`ccm-gui.md §9`): every list may be missing, names that exist already are skipped. */
export const SeedFileSchema = Type.Partial(
	Type.Object({
		DeviceFeatureCategory: Type.Array(Type.Object({ dfc_name: NameSchema })),
		Unit: Type.Array(Type.Object({ unit_name: NameSchema })),
		Tag: Type.Array(Type.Object({ tag_name: NameSchema, param_no: Type.Integer({ minimum: 1 }) })),
		Function: Type.Array(
			Type.Object({
				fn_name: NameSchema,
				code: Type.String({ minLength: 1 }),
				is_protect: Type.Optional(Type.Boolean()),
				df_id: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
				pinned: Type.Optional(PinnedListSchema),
			}),
		),
		FunctionSDF: Type.Array(
			Type.Object({
				/** Null: offered for joins. */
				df_name: Type.Union([NameSchema, Type.Null()]),
				fn_list: Type.Array(Type.Object({ fn_name: NameSchema })),
			}),
		),
		DeviceFeature: Type.Array(
			Type.Object({
				df_name: NameSchema,
				df_type: FeatureTypeSchema,
				df_category: Type.Optional(NameSchema),
				comment: Type.Optional(Type.String()),
				df_parameter: Type.Array(SeedParamSchema, { minItems: 1 }),
			}),
		),
		DeviceModel: Type.Array(
			Type.Object({
				dm_name: NameSchema,
				plural: Type.Optional(Type.Boolean()),
				device_only: Type.Optional(Type.Boolean()),
				df_list: Type.Array(SeedModelFeature, { minItems: 1 }),
			}),
		),
	}),
);

export type SeedFile = Static<typeof SeedFileSchema>;
export type SeedParam = Static<typeof SeedParamSchema>;
export type SeedFeature = NonNullable<SeedFile["DeviceFeature"]>[number];
export type SeedModel = NonNullable<SeedFile["DeviceModel"]>[number];
export type SeedFunction = NonNullable<SeedFile["Function"]>[number];
