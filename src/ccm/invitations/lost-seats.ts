import type { InvitationRecord, SeatRecord } from "../store/invitation-port.ts";
import type { CcmTables } from "../store/port.ts";

/** What a project has of phones and does not need any more. */
export interface Lost {
	readonly seats: readonly SeatRecord[];
	readonly codes: readonly InvitationRecord[];
	/** Whether the project itself is gone, which no one undoes. */
	readonly isFinal: boolean;
	readonly isEmpty: boolean;
}

export function seatKey({ p_id, da_id }: SeatRecord): string {
	return `${p_id} ${da_id}`;
}

export function codeKey({ p_id, do_id }: InvitationRecord): string {
	return `${p_id} block ${do_id}`;
}

/** Of all that is lost, each beginning with the project. */
export function keysOf({ seats, codes }: Lost): string[] {
	return [...seats.map(seatKey), ...codes.map(codeKey)];
}

/**
 * Phones of a project that are not bound on their block, and codes of blocks that are not there. Of a project that cannot
 * be read nothing is lost: it may be restored.
 */
export async function lostIn(tables: CcmTables, p_id: number): Promise<Lost> {
	const project = await tables.projects.find(p_id);
	const seats = await tables.seats.list({ p_id });
	const codes = await tables.invitations.list({ p_id });
	const isThere = project !== undefined || (await tables.projects.heads({ p_id })).length > 0;
	if (isThere && project === undefined) {
		return { seats: [], codes: [], isFinal: false, isEmpty: seats.length + codes.length === 0 };
	}
	const blocks = new Map((project?.blocks ?? []).map((block) => [block.do_id, block]));
	return {
		seats: seats.filter(
			({ do_id, da_id }) => !blocks.get(do_id)?.bindings.some(({ mac_addr }) => mac_addr === da_id),
		),
		codes: codes.filter(({ do_id }) => !blocks.has(do_id)),
		isFinal: !isThere,
		isEmpty: seats.length + codes.length === 0,
	};
}
