// Fields that several operations have.
import { Type } from "@sinclair/typebox";
import { IdSchema, MAX_LINKS, NameSchema } from "../../contract/mod.ts";
import { ParamTypeSchema } from "../catalog/seed-file.ts";

/** An id, or a name. */
export const IdOrName = Type.Union([IdSchema, NameSchema]);
export const FnId = Type.Union([IdSchema, Type.Null()]);

/** A parameter as clients write it; what is missing gets its default (`ccm-gui.md §3.2`). */
export const ParamInput = Type.Object({
	param_i: Type.Optional(Type.Integer({ minimum: 0 })),
	param_type: Type.Optional(ParamTypeSchema),
	idf_type: Type.Optional(Type.Union([Type.Literal("sample"), Type.Literal("variant")])),
	fn_id: Type.Optional(FnId),
	min: Type.Optional(Type.Number()),
	max: Type.Optional(Type.Number()),
	normalization: Type.Optional(
		Type.Union([Type.Boolean(), Type.Integer({ minimum: 0, maximum: 1 })]),
	),
	unit_id: Type.Optional(IdSchema),
});
/** More than this are refused as parameters of one feature. */
export const ParamInputs = Type.Array(ParamInput, { maxItems: 1000 });
export const Ids = Type.Array(IdSchema, { maxItems: MAX_LINKS });
