import type { Block, Join } from "../../contract/mod.ts";
import type { Ports } from "../projects/lookup.ts";

/** One graph of a join, and which devices it links. */
export interface Membership {
	/** Id of the graph at CSM. */
	readonly graph: string;
	/** The seat of the one member it is for; null: it is for all. */
	readonly seat: number | null;
	/** UUIDs of the devices that stand for a block, in the order of their seats; none: nothing is bound. */
	devices(block: Block): readonly string[];
}

/**
 * The graphs of a join (`ccm-gui.md §6`). One for each join, named by its id, with a link for each member of a crowd; of
 * a join that its crowd takes part in one by one, a graph `<na_id>-<seat>` for each member. Seats of the same number
 * belong together: what a member sends goes back to that member, and seat 3 of one crowd goes to seat 3 of another.
 */
export function membershipsOf(join: Join, ports: Ports): Membership[] {
	const crowds = crowdInputsOf(join, ports);
	const [first, ...others] = crowds.map(
		({ bindings }) => new Set(bindings.map(({ seat }) => seat)),
	);
	const graph = String(join.na_id);
	if (join.crowd === "together" || first === undefined) {
		return [{ graph, seat: null, devices: allOf }];
	}
	// A member whose partner is missing would only make the join's function fail.
	const seats = [...first].filter((seat) => others.every((crowd) => crowd.has(seat)));
	if (seats.length === 0) {
		return [{ graph, seat: null, devices: (block) => (block.seats === null ? allOf(block) : []) }];
	}
	return seats
		.sort((a, b) => a - b)
		.map((seat) => ({
			...{ graph: `${graph}-${seat}`, seat },
			devices: (block) => (block.seats === null ? allOf(block) : atSeat(block, seat)),
		}));
}

/** Whether a join takes values of a crowd's members, all in one graph. */
export function isTogether(join: Join, ports: Ports): boolean {
	return join.crowd === "together" && crowdInputsOf(join, ports).length > 0;
}

/** Crowds among the inputs of a join, each once. */
function crowdInputsOf({ links }: Join, ports: Ports): Block[] {
	const blocks = links.flatMap(({ dfo_id }) => {
		const place = ports.get(dfo_id);
		const isInput = place?.port.df_type === "input";
		return isInput && place.block.seats !== null ? [place.block] : [];
	});
	return [...new Set(blocks)];
}

/** Of a block for one device, that one. */
function allOf({ bindings, seats }: Block): string[] {
	const all = bindings
		.toSorted((a, b) => a.seat - b.seat)
		.map(({ mac_addr }) => mac_addr.toLowerCase());
	return seats === null ? all.slice(0, 1) : all;
}

function atSeat({ bindings }: Block, seat: number): string[] {
	const found = bindings.find((binding) => binding.seat === seat);
	return found === undefined ? [] : [found.mac_addr.toLowerCase()];
}
