import { expect, test } from "bun:test";
import type { InvitationView } from "../../../../../src/contract/mod.ts";
import { invitedNow } from "../../../../../src/web/editor/screens/project/invited-now.ts";

const invitation = (
	do_id: number,
	until: number | null,
	taken: number,
	seats: number | null,
): [number, InvitationView] => [
	do_id,
	{ do_id, until, left_s: 9, mark: 7, taken, seats, members: [], wrong: 0 },
];

test("seats of all open invitations are counted, and of no ended one", () => {
	expect(invitedNow(new Map())).toBeUndefined();
	expect(invitedNow(new Map([invitation(1, null, 3, 40)]))).toBeUndefined();
	expect(
		invitedNow(
			new Map([
				...[invitation(1, null, 3, 40), invitation(2, 99, 38, 40), invitation(3, 99, 1, 2)],
				invitation(4, 99, 0, null),
			]),
		),
	).toEqual({ taken: 39, seats: 42 });
});
