import type { Change, ChangeKind, ChangeOf, ProjectDocument } from "../../contract/mod.ts";
import { blockChanges } from "./block-changes.ts";
import type { Changed, ChangeTable } from "./change-table.ts";
import { joinChanges } from "./join-changes.ts";
import type { ChangeContext } from "./model.ts";
import { projectChanges } from "./project-changes.ts";
import { Refusal } from "./refusal.ts";

const TABLE: ChangeTable = { ...projectChanges, ...blockChanges, ...joinChanges };

/** A document after several changes, all or none. */
export interface ChangedDocument {
	readonly document: ProjectDocument;
	readonly done: readonly Change[];
	readonly inverse: readonly Change[];
}

/**
 * Carries changes out, one after another; the revision grows by one.
 * @throws Refusal when one does not apply, and none is carried out.
 */
export function applyChanges(
	before: ProjectDocument,
	changes: readonly Change[],
	context: ChangeContext,
): ChangedDocument {
	let document = before;
	const done: Change[] = [];
	const inverse: Change[] = [];
	for (const [index, change] of changes.entries()) {
		const changed = applyInList(document, change, context, index);
		document = changed.document;
		done.push(changed.done ?? change);
		inverse.unshift(...changed.inverse);
	}
	return { document: { ...document, rev: before.rev + 1 }, done, inverse };
}

function applyInList(
	document: ProjectDocument,
	change: Change,
	context: ChangeContext,
	index: number,
): Changed {
	try {
		return applyChange(document, change, context);
	} catch (error) {
		throw error instanceof Refusal ? error.inList(index) : error;
	}
}

function applyChange<K extends ChangeKind>(
	document: ProjectDocument,
	change: ChangeOf<K>,
	context: ChangeContext,
): Changed {
	const kind: K = change.kind;
	return TABLE[kind](document, change, context);
}
