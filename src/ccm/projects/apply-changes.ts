import {
	type Change,
	type ChangeKind,
	type ChangeOf,
	type Join,
	MAX_JOINS,
	MAX_LINKS,
	type ProjectDocument,
	type ProjectParts,
} from "../../contract/mod.ts";
import { blockChanges } from "./block-changes.ts";
import type { Changed, ChangeTable } from "./change-table.ts";
import { joinChanges } from "./join-changes.ts";
import { LinkParams } from "./link-params.ts";
import type { ChangeContext } from "./model.ts";
import { partsOf } from "./parts.ts";
import { projectChanges } from "./project-changes.ts";
import { badRequest, Refusal } from "./refusal.ts";

const TABLE: ChangeTable = { ...projectChanges, ...blockChanges, ...joinChanges };

/** A document after several changes, all or none. */
export interface ChangedDocument {
	readonly document: ProjectDocument;
	readonly done: readonly Change[];
	readonly inverse: readonly Change[];
	/** What of the document is new. */
	readonly parts: ProjectParts;
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
	const inverses: (readonly Change[])[] = [];
	/** Changes of links' parameters that follow each other. */
	let params: LinkParams | undefined;
	for (const [index, change] of changes.entries()) {
		if (change.kind === "set_link_param") {
			params ??= new LinkParams(document);
			const open = params;
			inverses.push([inList(index, () => open.set(change))]);
			done.push(change);
			continue;
		}
		document = params?.document ?? document;
		params = undefined;
		const changed = inList(index, () => applyChange(document, change, context));
		document = changed.document;
		done.push(changed.done ?? change);
		inverses.push(changed.inverse);
	}
	document = params?.document ?? document;
	checkSize(before, document);
	return {
		document: { ...document, rev: before.rev + 1 },
		done,
		inverse: inverses.reverse().flat(),
		parts: partsOf(before, document),
	};
}

/** @throws Refusal 400: there is more in it than can be kept, and than there was. */
function checkSize(before: ProjectDocument, { joins }: ProjectDocument): void {
	if (joins.length > Math.max(MAX_JOINS, before.joins.length)) {
		badRequest(`a project has at most ${MAX_JOINS} NetworkApplications`);
	}
	if (linksIn(joins) > Math.max(MAX_LINKS, linksIn(before.joins))) {
		badRequest(`a project has at most ${MAX_LINKS} links`);
	}
}

function linksIn(joins: readonly Join[]): number {
	return joins.reduce((sum, { links }) => sum + links.length, 0);
}

function inList<T>(index: number, work: () => T): T {
	try {
		return work();
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
