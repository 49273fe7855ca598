import type { Block } from "../../../contract/mod.ts";
import type { OpenProject } from "../project/open-project.ts";

/** How a seat of a crowd is; `away`: its device is not online, or it is not known. */
export type SeatState = "empty" | "away" | "online" | "failing";

/** The seats of a crowd, in their order. A computation that calls it follows presence, progress and failures. */
export function seatStates(project: OpenProject, { seats, bindings, ports }: Block): SeatState[] {
	const isLive = project.contact.value.state === "live";
	const own = new Set(ports.map(({ dfo_id }) => dfo_id));
	const failing = isLive ? failingSeats(project, own) : new Set<number>();
	const taken = new Map(bindings.map(({ seat, mac_addr }) => [seat, mac_addr]));
	return Array.from({ length: seats ?? 1 }, (_, seat) => {
		if (failing.has(seat)) return "failing";
		const device = taken.get(seat);
		if (device === undefined) return "empty";
		return isLive && project.presenceOf(device).value?.status === "online" ? "online" : "away";
	});
}

/** Seats for which something does not work in a join that has one of these ports. */
function failingSeats(project: OpenProject, own: ReadonlySet<number>): ReadonlySet<number> {
	const document = project.document.value;
	if (document?.status !== "on") return new Set();
	const joins = document.joins.filter(({ links }) => links.some(({ dfo_id }) => own.has(dfo_id)));
	return new Set(
		joins.flatMap(({ na_id, links }) =>
			[null, ...links.map(({ dfo_id }) => dfo_id)].flatMap((dfoId) => {
				const progress = dfoId === null ? project.joinOf(na_id) : project.linkOf(na_id, dfoId);
				const { state, seats = [] } = progress.value ?? {};
				const failed = project.failureOf(na_id, dfoId).value?.seats ?? [];
				return state === "failed" ? [...seats, ...failed] : failed;
			}),
		),
	);
}
