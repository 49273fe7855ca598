import type { Block, Invitation, InvitedMember } from "../../contract/mod.ts";
import type { CcmTables } from "../store/port.ts";
import type { InvitationService } from "./invitation-service.ts";

type Invitations = Pick<InvitationService, "now" | "wrongSince">;

/** State of a block's invitation. @param now Unix time, milliseconds. */
export async function invitationOf(
	tables: CcmTables,
	{ do_id, seats, bindings }: Block,
	invitations: Invitations,
	now: number,
): Promise<Invitation> {
	const code = await tables.invitations.get(do_id);
	const end = ends(code?.ends_at ?? 0, invitations.now(), now);
	const members = await membersOf(tables, do_id, bindings);
	const wrong = end.until === null ? 0 : invitations.wrongSince(do_id);
	return { ...end, taken: bindings.length, seats, members, wrong };
}

/**
 * When a code ends. By a machine's time that is a little different each time it is asked, and much after a restart.
 * @param endsAt Running time, as `running`; it tells codes of a block apart.
 * @param now Unix time, milliseconds.
 */
export function ends(
	endsAt: number,
	running: number,
	now: number,
): Pick<Invitation, "until" | "left_s" | "mark"> {
	const leftMs = endsAt - running;
	if (leftMs <= 0) return { until: null, left_s: 0, mark: 0 };
	return { until: (now + leftMs) / 1000, left_s: Math.ceil(leftMs / 1000), mark: endsAt };
}

/** Phones that are on their seats, in the order of these. */
async function membersOf(
	tables: CcmTables,
	do_id: number,
	bindings: Block["bindings"],
): Promise<InvitedMember[]> {
	const phones = new Map((await tables.seats.list({ do_id })).map((one) => [one.da_id, one]));
	const members = bindings.map(async ({ seat, mac_addr }): Promise<InvitedMember[]> => {
		const phone = phones.get(mac_addr);
		if (phone === undefined) return [];
		const [device] = await tables.devices.list({ mac_addr });
		const { d_name: name = "", status } = device ?? {};
		const nickname = phone.nickname === "" ? null : phone.nickname;
		return [{ seat, name, nickname, online: status === "online", da_id: mac_addr }];
	});
	return (await Promise.all(members)).flat();
}
