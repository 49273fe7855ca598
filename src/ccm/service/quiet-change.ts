import type { Change, ProjectDocument } from "../../contract/mod.ts";
import { InvariantError } from "../../kit/mod.ts";
import { applyChanges } from "../projects/apply-changes.ts";
import type { Call, Person } from "./operation.ts";

/** Who changes a project when a phone joins or leaves. */
export const NO_ONE: Person = { u_id: 0, u_name: "", role: "student" };

/**
 * Carries out changes that are not a person's: they are told to those who look at the project, but no one's step to undo,
 * and what was undone can still be redone.
 * @param changes Of kinds that make nothing new.
 * @throws Refusal
 */
export async function changeQuietly(
	{ tables, changed, tell }: Pick<Call, "tables" | "changed" | "tell">,
	project: ProjectDocument,
	changes: readonly Change[],
): Promise<ProjectDocument> {
	const { document, done, parts } = applyChanges(project, changes, {
		model: () => undefined,
		newId: (kind) => {
			throw new InvariantError(`A quiet change asked for a new id (${kind})`);
		},
	});
	await tables.projects.put(document);
	const steps = { can_undo: false, can_redo: false };
	tell({ kind: "changes", document, changes: done, parts, by: NO_ONE, steps });
	changed(document.p_id);
	return document;
}
