// Functions of people, as an editor of them reads and writes them.
import { type Static, Type } from "@sinclair/typebox";
import { IdSchema, NameSchema } from "./ccm-documents.ts";

/** Samples that are kept with a function. */
const MAX_PINNED = 20;
/** The most bytes of JSON of all of them. */
export const MAX_PINNED_BYTES = 64 << 10;

/** A sample with what the function is to make of it. */
const PinnedSchema = Type.Object(
	{
		stage: Type.Union([Type.Literal("idf"), Type.Literal("join"), Type.Literal("odf")]),
		/** A list of a message's values or a single value; for a join its slots. */
		sample: Type.Unknown(),
		expected: Type.Unknown(),
	},
	{ additionalProperties: false },
);
export const PinnedListSchema = Type.Array(PinnedSchema, { maxItems: MAX_PINNED });
export type Pinned = Static<typeof PinnedSchema>;

const Person = Type.Object({ u_id: IdSchema, u_name: Type.String() });
const Owner = Type.Union([Person, Type.Null()], { description: "null: the system." });
const head = {
	fn_id: IdSchema,
	fn_name: NameSchema,
	is_protect: Type.Boolean(),
	owner: Owner,
	may_change: Type.Boolean(),
};

/** A function in a list. */
export const CcmFunctionItemSchema = Type.Object({
	...head,
	date: Type.String({ description: "Of the newest version; ISO 8601, UTC." }),
	uses: Type.Integer({ description: "Projects, features and models that have it." }),
});

/** A function with its newest source; older ones are told without theirs. */
export const CcmFunctionSchema = Type.Object({
	...head,
	code: Type.String(),
	fnvt_idx: IdSchema,
	pinned: PinnedListSchema,
	versions: Type.Array(
		Type.Object({
			fnvt_idx: IdSchema,
			date: Type.String(),
			by: Type.Union([Person, Type.Null()], { description: "null: the system, or someone gone." }),
		}),
		{ description: "The newest first." },
	),
});

/** Where a function is used. */
export const CcmFunctionUsesSchema = Type.Object({
	projects: Type.Array(
		Type.Object({
			p_id: IdSchema,
			p_name: NameSchema,
			joins: Type.Array(Type.Object({ na_id: IdSchema, na_name: NameSchema })),
		}),
	),
	hidden: Type.Integer({ description: "Projects that this person may not see." }),
	features: Type.Array(Type.Object({ df_id: IdSchema, df_name: NameSchema })),
	models: Type.Array(Type.Object({ dm_id: IdSchema, dm_name: NameSchema })),
});

export type CcmFunctionItem = Static<typeof CcmFunctionItemSchema>;
export type CcmFunction = Static<typeof CcmFunctionSchema>;
export type CcmFunctionUses = Static<typeof CcmFunctionUsesSchema>;
