import type { ProjectDocument } from "../../contract/mod.ts";
import { membershipsOf } from "../plan/crowds.ts";
import { nameOfKey } from "../plan/operations.ts";

/** A link of a project, as CSM knows it. */
export interface Wire {
	readonly na_id: number;
	readonly dfo_id: number;
	readonly type: "input" | "output";
	/** Id of the graph at CSM. */
	readonly graph: string;
	/** Name of the link's key in it. Two wires have one where a device's feature is twice on a join. */
	readonly key: string;
}

/** All links of a project whose blocks have devices, whether it is on or off. */
export function wiresOf({ blocks, joins }: ProjectDocument): Wire[] {
	const places = new Map(
		blocks.flatMap((block) => block.ports.map((port) => [port.dfo_id, { block, port }] as const)),
	);
	return joins.flatMap((join) =>
		membershipsOf(join).flatMap(({ graph, device }) =>
			join.links.flatMap(({ dfo_id }): Wire[] => {
				const place = places.get(dfo_id);
				const daId = place && device(place.block);
				if (place === undefined || daId === undefined) return [];
				const { df_type: type, df_name: feature } = place.port;
				const mode = type === "input" ? "idf" : "odf";
				const key = nameOfKey({ daId, mode, feature });
				return [{ na_id: join.na_id, dfo_id, type, graph, key }];
			}),
		),
	);
}

/** UUIDs of the devices that are bound in a project. */
export function devicesOf({ blocks }: ProjectDocument): ReadonlySet<string> {
	return new Set(
		blocks.flatMap(({ bindings }) => bindings.map(({ mac_addr }) => mac_addr.toLowerCase())),
	);
}
