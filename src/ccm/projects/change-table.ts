import type { Change, ChangeKind, ChangeOf, ProjectDocument } from "../../contract/mod.ts";
import type { ChangeContext } from "./model.ts";

/** A document after a change, and what takes it back. */
export interface Changed {
	readonly document: ProjectDocument;
	/** What was carried out, with the ids that were given; the change itself where it has none to give. */
	readonly done?: Change;
	/** In the order they are to be carried out. */
	readonly inverse: readonly Change[];
}

/** Carries one kind of change out. @throws Refusal when it does not apply; the document stays. */
export type Apply<K extends ChangeKind> = (
	document: ProjectDocument,
	change: ChangeOf<K>,
	context: ChangeContext,
) => Changed;

/** How each kind of change is carried out. */
export type ChangeTable<K extends ChangeKind = ChangeKind> = { readonly [P in K]: Apply<P> };
