import type { NewInvitation } from "../../../contract/mod.ts";

/** A code as this browser keeps it: the server shows it once. */
export interface KeptCode extends Pick<NewInvitation, "code" | "address" | "mark"> {}

/** Where a browser keeps it; may throw. */
export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Project and block. */
export type BlockIds = readonly [pId: number, doId: number];

const nameOf = ([pId, doId]: BlockIds) => `iottalk-invitation-${pId}-${doId}`;

/** Keeps a code for this browser; undefined: forgets it. A browser that keeps nothing shows it until the page is left. */
export function keepCode(shelf: () => Shelf, ids: BlockIds, kept: KeptCode | undefined): void {
	try {
		if (kept === undefined) shelf().removeItem(nameOf(ids));
		else shelf().setItem(nameOf(ids), JSON.stringify(kept));
	} catch {}
}

/** The code this browser made last for a block, which may have ended; undefined: none. */
export function codeKept(shelf: () => Shelf, ids: BlockIds): KeptCode | undefined {
	try {
		const kept: unknown = JSON.parse(shelf().getItem(nameOf(ids)) ?? "null");
		return isKept(kept) ? kept : undefined;
	} catch {
		return undefined;
	}
}

function isKept(kept: unknown): kept is KeptCode {
	if (typeof kept !== "object" || kept === null) return false;
	const { code, address, mark } = kept as Partial<Record<keyof KeptCode, unknown>>;
	return typeof code === "string" && typeof address === "string" && typeof mark === "number";
}
