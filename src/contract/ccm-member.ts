// What a phone on a seat of a block is told of itself.
import { type Static, Type } from "@sinclair/typebox";
import { FeatureTypeSchema } from "./ccm-documents.ts";
import { MAX_SEATS } from "./seats.ts";

/** A value of a feature, as the model has it. */
const MemberParamSchema = Type.Object({
	name: Type.Optional(Type.String()),
	type: Type.String({ description: "Such as `int`, `float`, `boolean`, `string` or `json`." }),
	min: Type.Number(),
	max: Type.Number(),
	unit: Type.Optional(Type.String({ description: "Absent: none." })),
});

/** A feature the block shows. */
const MemberFeatureSchema = Type.Object({
	name: Type.String(),
	type: FeatureTypeSchema,
	params: Type.Array(MemberParamSchema),
});

/** What the page of a phone needs to know. */
export const MemberInfoSchema = Type.Object({
	seat: Type.Integer({ minimum: 0, maximum: MAX_SEATS - 1, description: "From 0." }),
	name: Type.String({ description: "Of the device." }),
	nickname: Type.Union([Type.String(), Type.Null()]),
	project: Type.String({ description: "Its name." }),
	block: Type.Integer({ description: "Id of the device object." }),
	model: Type.String({ description: "Its name." }),
	features: Type.Array(MemberFeatureSchema),
	https: Type.Union([Type.String(), Type.Null()], {
		description: "Address of the same page over HTTPS; null: there is none, or this is it.",
	}),
});

/** Why a phone has no seat any more; absent: no one has one here by what it shows. */
export const MemberEndSchema = Type.Union([
	Type.Literal("ended", { description: "The class is over." }),
	Type.Literal("removed", { description: "The seat was taken from it." }),
]);

export type MemberParam = Static<typeof MemberParamSchema>;
export type MemberFeature = Static<typeof MemberFeatureSchema>;
export type MemberInfo = Static<typeof MemberInfoSchema>;
export type MemberEnd = Static<typeof MemberEndSchema>;
