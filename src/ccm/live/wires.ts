import type { Block, ProjectDocument } from "../../contract/mod.ts";
import { membershipsOf } from "../plan/crowds.ts";
import { nameOfKey } from "../plan/operations.ts";
import { portsOf } from "../projects/lookup.ts";

/** A link of a project, as CSM knows it. */
export interface Wire {
	readonly na_id: number;
	readonly dfo_id: number;
	readonly type: "input" | "output";
	/** Id of the graph at CSM. */
	readonly graph: string;
	/** Seat of the crowd's member it is of; null: it is of no member, or of a block for one device. */
	readonly seat: number | null;
	/** Name of the link's key in it. Two wires have one where a device's feature is twice on a join. */
	readonly key: string;
}

/** All links of a project whose blocks have devices, whether it is on or off. */
export function wiresOf(project: ProjectDocument): Wire[] {
	const ports = portsOf(project);
	return project.joins.flatMap((join) =>
		membershipsOf(join, ports).flatMap(({ graph, devices, seat: own }) =>
			join.links.flatMap(({ dfo_id }) => {
				const place = ports.get(dfo_id);
				if (place === undefined) return [];
				const { df_type: type, df_name: feature } = place.port;
				const mode = type === "input" ? "idf" : "odf";
				return devices(place.block).map((daId): Wire => {
					const key = nameOfKey({ daId, mode, feature });
					const seat = own ?? seatOf(place.block, daId);
					return { na_id: join.na_id, dfo_id, type, graph, seat, key };
				});
			}),
		),
	);
}

function seatOf({ seats, bindings }: Block, daId: string): number | null {
	const found = bindings.find(({ mac_addr }) => mac_addr.toLowerCase() === daId);
	return seats === null ? null : (found?.seat ?? null);
}

/** UUIDs of the devices that are bound in a project. */
export function devicesOf({ blocks }: ProjectDocument): ReadonlySet<string> {
	return new Set(
		blocks.flatMap(({ bindings }) => bindings.map(({ mac_addr }) => mac_addr.toLowerCase())),
	);
}
