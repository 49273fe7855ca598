import type { Change, MemberEnd } from "../../contract/mod.ts";
import type { Call } from "../service/operation.ts";
import { changeQuietly } from "../service/quiet-change.ts";
import type { SeatRecord } from "../store/invitation-port.ts";

type Ending = Pick<Call, "tables" | "changed" | "tell">;

/**
 * Takes phones from their seats: unbound, without their nicknames. Their devices are to be deregistered when it is kept.
 * @param since Running time.
 */
export async function endSeats(
	call: Ending,
	seats: readonly SeatRecord[],
	why: MemberEnd,
	since: number,
): Promise<void> {
	const { tables, tell } = call;
	for (const [p_id, ofProject] of Map.groupBy(seats, (seat) => seat.p_id)) {
		const devices = new Set(ofProject.map(({ da_id }) => da_id));
		await unbind(call, p_id, devices);
		for (const da_id of devices) {
			await tables.seats.remove({ da_id });
			await tables.formerSeats.remove({ da_id });
			await tables.formerSeats.add({ da_id, why, since });
		}
		for (const [do_id, ofBlock] of Map.groupBy(ofProject, (seat) => seat.do_id)) {
			tell({ kind: "invitation", p_id, do_id, left: ofBlock.map(({ da_id }) => da_id) });
		}
	}
}

/** Wherever in the project they are bound. */
async function unbind(call: Ending, pId: number, devices: ReadonlySet<string>): Promise<void> {
	const project = await call.tables.projects.find(pId);
	const changes = (project?.blocks ?? []).flatMap(({ do_id, bindings }) =>
		bindings
			.filter(({ mac_addr }) => devices.has(mac_addr))
			.map(({ seat }): Change => ({ kind: "unbind", do_id, seat })),
	);
	if (project !== undefined && changes.length > 0) await changeQuietly(call, project, changes);
}
