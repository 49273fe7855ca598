import type { CcmTables } from "../store/port.ts";
import {
	type ModelFeature,
	type SimulatedDevice,
	type SimulatorId,
	simulatedBlocks,
	simulatedDevice,
} from "./simulated-devices.ts";

/** The simulated devices of a project. */
export interface ProjectSimulation {
	readonly devices: readonly SimulatedDevice[];
	/** Device objects beyond the limit. */
	readonly left: number;
}

/** What a project simulates; undefined: nothing, or there is no such project. */
export async function simulationOf(
	tables: CcmTables,
	pId: number,
	idOf: SimulatorId,
	most: number,
): Promise<ProjectSimulation | undefined> {
	const project = await tables.projects.get(pId);
	if (project === undefined) return undefined;
	const blocks = simulatedBlocks(project);
	if (blocks.length === 0) return undefined;
	const owner = (await tables.people.byId(project.u_id))?.name ?? null;
	const models = new Map<number, readonly ModelFeature[]>();
	const devices: SimulatedDevice[] = [];
	for (const block of blocks.slice(0, most)) {
		const { dm_id } = block;
		const features = models.get(dm_id) ?? (await featuresOf(tables, dm_id));
		models.set(dm_id, features);
		devices.push(simulatedDevice(project, block, features, { idOf, owner }));
	}
	return { devices, left: blocks.length - devices.length };
}

async function featuresOf(tables: CcmTables, dmId: number): Promise<ModelFeature[]> {
	const members = (await tables.models.get(dmId))?.members ?? [];
	const found: ModelFeature[] = [];
	for (const { df_id, params } of members) {
		const feature = await tables.features.get(df_id);
		if (feature !== undefined) found.push({ feature, params });
	}
	return found;
}
