import type { NewInvitation } from "../../../contract/mod.ts";

/** A code as this browser knows it: the server shows it once. */
export interface KeptCode {
	readonly code: string;
	readonly address: string;
	/** Unix time, by the server's clock. */
	readonly until: number;
	/** How much this machine's clock is ahead of the server's, milliseconds. */
	readonly aheadMs: number;
}

/** Where a browser keeps it; may throw. */
export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const nameOf = (pId: number, doId: number) => `iottalk-invitation-${pId}-${doId}`;

/** A new code as this browser keeps it. @param now Of this machine, milliseconds since 1970. */
export function keptCode(
	{ code, address, until, left_s }: Omit<NewInvitation, "seats">,
	now: number,
): KeptCode {
	return { code, address, until, aheadMs: now - (until - left_s) * 1000 };
}

/** Milliseconds until a code ends. @param now Of this machine, milliseconds since 1970. */
export function msLeft(
	{ until, aheadMs }: Pick<KeptCode, "until" | "aheadMs">,
	now: number,
): number {
	return until * 1000 + aheadMs - now;
}

/** Keeps a code for this browser; undefined: forgets it. A browser that keeps nothing shows it until the page is left. */
export function keepCode(
	shelf: () => Shelf,
	[pId, doId]: readonly [number, number],
	kept: KeptCode | undefined,
): void {
	try {
		if (kept === undefined) shelf().removeItem(nameOf(pId, doId));
		else shelf().setItem(nameOf(pId, doId), JSON.stringify(kept));
	} catch {}
}

/** The code this browser made last for a block; undefined: none, or it has ended. */
export function codeKept(
	shelf: () => Shelf,
	[pId, doId]: readonly [number, number],
	now: number,
): KeptCode | undefined {
	try {
		const kept: unknown = JSON.parse(shelf().getItem(nameOf(pId, doId)) ?? "null");
		if (isKept(kept) && msLeft(kept, now) > 0) return kept;
		shelf().removeItem(nameOf(pId, doId));
	} catch {}
	return undefined;
}

function isKept(kept: unknown): kept is KeptCode {
	if (typeof kept !== "object" || kept === null) return false;
	const { code, address, until, aheadMs } = kept as Partial<Record<keyof KeptCode, unknown>>;
	return (
		typeof code === "string" &&
		typeof address === "string" &&
		typeof until === "number" &&
		typeof aheadMs === "number"
	);
}
