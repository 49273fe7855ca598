import { Type } from "@sinclair/typebox";
import { type Block, IdSchema, MAX_SEATS, type ProjectDocument } from "../../contract/mod.ts";
import { endSeats } from "../invitations/end-seats.ts";
import { DEFAULT_HOURS, DEFAULT_SEATS, MAX_HOURS } from "../invitations/invitation-service.ts";
import { ends, invitationOf } from "../invitations/invitation-view.ts";
import { blockOf } from "../projects/lookup.ts";
import { notFound, Refusal } from "../projects/refusal.ts";
import { projectFor } from "./access.ts";
import { changeProject } from "./change-project.ts";
import { checkSeats } from "./check-changes.ts";
import { type Call, operation } from "./operation.ts";

const HOUR_MS = 3_600_000;
const Place = { p_id: IdSchema, do_id: IdSchema };

/** The nicknames of a class are for those who may edit its project. */
async function blockFor(
	call: Call,
	{ p_id, do_id }: { readonly p_id: number; readonly do_id: number },
): Promise<{ readonly project: ProjectDocument; readonly block: Block }> {
	const project = await projectFor(call, p_id, "edit");
	return { project, block: blockOf(project, do_id) };
}

const invite = operation({
	name: "make_invitation",
	who: "student",
	reads: false,
	input: Type.Object({
		...Place,
		hours: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_HOURS })),
		seats: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_SEATS })),
	}),
	run: async (call, { p_id, do_id, hours = DEFAULT_HOURS, seats: wanted }) => {
		const { project, block } = await blockFor(call, { p_id, do_id });
		const { tables, invitations } = call;
		if (!invitations.isPossible) {
			throw new Refusal(
				409,
				"phones can be invited where devices and projects are one server: iotctl start",
			);
		}
		const seats = wanted ?? block.seats ?? Math.min(DEFAULT_SEATS, call.rules.maxSeats);
		checkSeats(call, seats);
		if (seats !== block.seats) {
			await changeProject(call, project, [{ kind: "set_seats", do_id, seats }]);
		}
		const { code, code_hash } = invitations.draw(do_id);
		const now = invitations.now();
		const ends_at = now + hours * HOUR_MS;
		await tables.invitations.put({ do_id, p_id, code_hash, ends_at });
		await tables.running.put(now);
		call.tell({ kind: "invitation", p_id, do_id });
		return { do_id, code, ...ends(ends_at, now, Date.parse(call.now)), seats };
	},
});

const getInvitation = operation({
	name: "get_invitation",
	who: "student",
	reads: true,
	input: Type.Object(Place),
	run: async (call, place) => {
		const { block } = await blockFor(call, place);
		return invitationOf(call.tables, block, call.invitations, Date.parse(call.now));
	},
});

const endInvitation = operation({
	name: "end_invitation",
	who: "student",
	reads: false,
	input: Type.Object(Place),
	run: async (call, place) => {
		const { p_id, do_id } = place;
		await blockFor(call, place);
		const { tables, invitations } = call;
		const code = await tables.invitations.get(do_id);
		const now = invitations.now();
		if (code !== undefined && code.ends_at > now) {
			await tables.invitations.put({ ...code, ends_at: now });
			await tables.running.put(now);
			call.tell({ kind: "invitation", p_id, do_id });
		}
		return { do_id };
	},
});

const removeSeat = operation({
	name: "remove_seat",
	who: "student",
	reads: false,
	input: Type.Object({
		...Place,
		seat: Type.Integer({ minimum: 0, maximum: MAX_SEATS - 1 }),
	}),
	run: async (call, { seat, ...place }) => {
		const { block } = await blockFor(call, place);
		const bound = block.bindings.find((binding) => binding.seat === seat);
		const [phone] =
			bound === undefined ? [] : await call.tables.seats.list({ da_id: bound.mac_addr });
		if (phone === undefined) return notFound(`a phone on seat ${seat}`);
		await endSeats(call, [phone], "removed", call.invitations.now());
		return { do_id: place.do_id, seat };
	},
});

export const invitationOperations = [invite, getInvitation, endInvitation, removeSeat] as const;
