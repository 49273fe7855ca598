// What of a project's document is new after changes, so that a page follows it without knowing what each change does.
import { type Static, Type } from "@sinclair/typebox";
import { BlockSchema, IdSchema, JoinSchema, NameSchema, SwitchSchema } from "./ccm-documents.ts";

/** Parts of a document that differ from the revision before; what is absent is as it was. */
export const ProjectPartsSchema = Type.Object({
	head: Type.Optional(Type.Object({ p_name: NameSchema, status: SwitchSchema, sim: SwitchSchema })),
	blocks: Type.Optional(Type.Array(BlockSchema, { description: "New or changed, whole." })),
	block_ids: Type.Optional(
		Type.Array(IdSchema, {
			description: "All of them in order, where that or their number changed.",
		}),
	),
	joins: Type.Optional(Type.Array(JoinSchema, { description: "New or changed, whole." })),
	na_ids: Type.Optional(
		Type.Array(IdSchema, {
			description: "All of them in order, where that or their number changed.",
		}),
	),
});

export type ProjectParts = Static<typeof ProjectPartsSchema>;
