/** What operations on invitations need besides the tables. */
export interface InvitationService {
	/** Whether devices can be registered for phones: CSM is in this process. */
	readonly isPossible: boolean;
	/** Running time, milliseconds. */
	now(): number;
	/** Draws the code of a device object. */
	draw(doId: number): { readonly code: string; readonly code_hash: string };
	/** Wrong codes that came since then. */
	wrongSince(doId: number): number;
}

/** Hours an invitation lasts unless it says otherwise: a lesson, or two. */
export const DEFAULT_HOURS = 4;
export const MAX_HOURS = 24;
/** Seats of a device object that had none. */
export const DEFAULT_SEATS = 40;
/** How long seats and nicknames stay after an invitation's end, milliseconds of running time. */
export const KEPT_MS = 24 * 3_600_000;

/** No one can be invited. */
export const NO_INVITATIONS: InvitationService = {
	isPossible: false,
	now: () => 0,
	draw: () => ({ code: "", code_hash: "" }),
	wrongSince: () => 0,
};
