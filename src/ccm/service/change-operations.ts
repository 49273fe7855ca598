import { type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { type Change, ChangeSchema, IdSchema, MAX_LINKS } from "../../contract/mod.ts";
import { badRequest, Refusal } from "../projects/refusal.ts";
import { projectFor } from "./access.ts";
import { changeProject } from "./change-project.ts";
import { checkChanges } from "./check-changes.ts";
import { operation } from "./operation.ts";

const SCHEMAS = new Map<unknown, TSchema>(
	ChangeSchema.anyOf.map((schema) => [schema.properties.kind.const, schema]),
);

const change = operation({
	name: "change_project",
	who: "student",
	reads: false,
	input: Type.Object({
		p_id: IdSchema,
		/** Revision the changes were made on; if they still apply, it may be an old one. */
		base_rev: Type.Integer({ minimum: 0 }),
		/** All of them apply, or none. */
		changes: Type.Array(Type.Unknown(), { minItems: 1, maxItems: MAX_LINKS }),
	}),
	run: async (call, { p_id, base_rev, changes: given }) => {
		const project = await projectFor(call, p_id, "edit");
		const changes = given.map(readChange);
		if (base_rev > project.rev) {
			badRequest(`field \`base_rev\`: project ${p_id} has revision ${project.rev}`, "base_rev");
		}
		try {
			await checkChanges(call, project, changes);
			const { document, done, inverse } = await changeProject(call, project, changes);
			return { p_id, rev: document.rev, changes: done, inverse };
		} catch (error) {
			if (!(error instanceof Refusal) || base_rev === project.rev) throw error;
			throw new Refusal(409, error.message, error.field);
		}
	},
});

/** @throws Refusal 400: it is not a change, in words that name its place in the list. */
function readChange(value: unknown, index: number): Change {
	if (Value.Check(ChangeSchema, value)) return value;
	const kind = typeof value === "object" && value !== null && "kind" in value ? value.kind : null;
	const schema = SCHEMAS.get(kind);
	if (schema === undefined) {
		const kinds = [...SCHEMAS.keys()].join(", ");
		return badRequest(`field \`changes.${index}.kind\` should be one of ${kinds}`, "changes");
	}
	const error = Value.Errors(schema, value).First();
	const where = error?.path.replaceAll("/", ".") ?? "";
	return badRequest(`field \`changes.${index}${where}\`: ${error?.message}`, "changes");
}

export const changeOperations = [change] as const;
