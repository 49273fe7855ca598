import type { Change, ProjectDocument } from "../../contract/mod.ts";
import { Refusal } from "../projects/refusal.ts";
import { subjectOf } from "../projects/subject.ts";
import type { UndoStep } from "../store/port.ts";
import { keepChange, type ProjectChange, tryChanges } from "./change-project.ts";
import { checkIssuedChanges } from "./check-changes.ts";
import type { Call } from "./operation.ts";

export type Direction = "undo" | "redo";

/**
 * Carries out the inverse of a person's last step in a project, ids included.
 * @param skips Whether a step that cannot be taken back any more is forgotten, and the one before it is tried.
 * @throws Refusal 409: there is no step, or what the step changed has been changed since; nothing has changed.
 */
export async function takeStep(
	call: Call,
	project: ProjectDocument,
	direction: Direction,
	skips: boolean,
): Promise<ProjectChange> {
	const { tables, person } = call;
	const { p_id } = project;
	const is_undone = direction === "redo";
	for (;;) {
		const step = await tables.undo.newest({ p_id, u_id: person.u_id, is_undone });
		if (step === undefined) {
			throw new Refusal(409, `there is nothing of yours to ${direction} in this project`);
		}
		const change = await attempt(call, project, step);
		if (change instanceof Refusal && !skips) {
			throw new Refusal(409, `cannot ${direction}: ${change.message}`, change.field);
		}
		await tables.undo.remove({ p_id, rev: step.rev });
		if (change instanceof Refusal) continue;
		await keepChange(call, change, direction === "undo");
		return change;
	}
}

/** What the step's inverse makes of the project, or what is in the way. */
async function attempt(
	call: Call,
	project: ProjectDocument,
	step: UndoStep,
): Promise<ProjectChange | Refusal> {
	try {
		await checkIssuedChanges(call, project, step.inverse);
		const change = await tryChanges(call, project, step.inverse);
		const lost = lostBy(change, step);
		if (lost === undefined) return change;
		const subject = subjectOf(lost);
		const by = await changerOf(call, step, subject);
		return new Refusal(
			409,
			`${subject} has been changed since${by === undefined ? "" : ` by ${by}`}`,
		);
	} catch (error) {
		if (error instanceof Refusal) return error;
		throw error;
	}
}

/** Something an inverse takes away that the step did not bring: a later change, by another person. */
function lostBy({ inverse }: ProjectChange, { redo }: UndoStep): Change | undefined {
	const brought = redo.map(withoutPlace);
	return inverse.find(
		(change) => !brought.some((one) => Bun.deepEquals(one, withoutPlace(change))),
	);
}

/** Places in lists move with what others add and remove, and are no one's work. */
function withoutPlace(change: Change): object {
	return { ...change, at: 0 };
}

/** Name of the person who changed something last after a step, where that is known. */
async function changerOf(
	{ tables, person }: Call,
	{ p_id, rev }: UndoStep,
	subject: string,
): Promise<string | undefined> {
	const steps = await tables.undo.list({ p_id });
	const last = steps.findLast(
		(step) =>
			step.rev > rev &&
			step.u_id !== person.u_id &&
			step.inverse.some((change) => subjectOf(change) === subject),
	);
	return last && (await tables.people.byId(last.u_id))?.name;
}
