import { type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { type Change, ChangeSchema, IdSchema, MAX_CHANGES } from "../../contract/mod.ts";
import type { ChangedDocument } from "../projects/apply-changes.ts";
import { badRequest, Refusal } from "../projects/refusal.ts";
import { projectFor, rightOn } from "./access.ts";
import { changeProject } from "./change-project.ts";
import { checkChanges } from "./check-changes.ts";
import { type Call, operation } from "./operation.ts";
import { ownSteps } from "./own-steps.ts";
import { projectCards } from "./project-cards.ts";
import { takeStep } from "./undo-step.ts";

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
		changes: Type.Array(Type.Unknown(), { minItems: 1 }),
	}),
	run: async (call, { p_id, base_rev, changes: given }) => {
		const project = await projectFor(call, p_id, "edit");
		if (given.length > MAX_CHANGES) {
			const words = `field \`changes\`: ${given.length} changes in one request, at most ${MAX_CHANGES}`;
			badRequest(words, "changes");
		}
		const changes = given.map(readChange);
		if (base_rev > project.rev) {
			badRequest(`field \`base_rev\`: project ${p_id} has revision ${project.rev}`, "base_rev");
		}
		try {
			await checkChanges(call, project, changes);
			return await answerOf(call, await changeProject(call, project, changes));
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			const { index, message, field, status } = error;
			const place = index === undefined || changes.length === 1 ? "" : `changes.${index}: `;
			throw new Refusal(base_rev === project.rev ? status : 409, place + message, field);
		}
	},
});

const Step = Type.Object({
	p_id: IdSchema,
	/** Whether steps that cannot be taken any more are forgotten, and the one before them is taken. */
	skip: Type.Optional(Type.Boolean()),
});

const undo = operation({
	name: "undo_project",
	who: "student",
	reads: false,
	input: Step,
	run: async (call, { p_id, skip = false }) =>
		answerOf(call, await takeStep(call, await projectFor(call, p_id, "edit"), "undo", skip)),
});

const redo = operation({
	name: "redo_project",
	who: "student",
	reads: false,
	input: Step,
	run: async (call, { p_id, skip = false }) =>
		answerOf(call, await takeStep(call, await projectFor(call, p_id, "edit"), "redo", skip)),
});

const getDocument = operation({
	name: "get_project_document",
	who: "student",
	reads: true,
	input: Type.Object({ p_id: IdSchema }),
	run: async (call, { p_id }) => {
		const project = await projectFor(call, p_id, "look");
		return { project, may: await rightOn(call, project), ...(await ownSteps(call, p_id)) };
	},
});

const getDocuments = operation({
	name: "get_projects",
	who: "student",
	reads: true,
	input: Type.Object({
		/** Those of everyone; for administrators. */
		all: Type.Optional(Type.Boolean()),
	}),
	run: async (call, { all: wantsAll = false }) => {
		const { person, tables } = call;
		if (wantsAll && person.role !== "admin") throw new Refusal(403, "You are not administrator.");
		if (wantsAll) return projectCards(call, await tables.projects.heads());
		const own = await tables.projects.heads({ u_id: person.u_id });
		const shared = await tables.members.list({ u_id: person.u_id });
		const others = await Promise.all(shared.map(({ p_id }) => tables.projects.heads({ p_id })));
		return projectCards(call, [...own, ...others.flat()]);
	},
});

async function answerOf(call: Call, { document, done: changes, inverse, parts }: ChangedDocument) {
	const { p_id, rev } = document;
	return { p_id, rev, changes, inverse, parts, ...(await ownSteps(call, p_id)) };
}

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

export const changeOperations = [change, undo, redo, getDocument, getDocuments] as const;
