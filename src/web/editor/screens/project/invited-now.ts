import type { InvitationView } from "../../../../contract/mod.ts";

/** Seats of all blocks that phones are invited to now; undefined: there is no such block. */
export function invitedNow(
	invitations: ReadonlyMap<number, InvitationView>,
): { readonly taken: number; readonly seats: number } | undefined {
	const open = [...invitations.values()].filter(({ until }) => until !== null);
	if (open.length === 0) return undefined;
	return {
		taken: open.reduce((sum, { taken }) => sum + taken, 0),
		seats: open.reduce((sum, { seats }) => sum + (seats ?? 0), 0),
	};
}
