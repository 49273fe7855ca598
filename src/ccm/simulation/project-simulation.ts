import type { CcmTables } from "../store/port.ts";
import {
	type ModelFeature,
	type SimulatedDevice,
	type SimulatorId,
	simulatedDevice,
	simulatedSeats,
} from "./simulated-devices.ts";

/** What a project simulates; undefined: nothing, or there is no such project that can be read. */
export async function simulationOf(
	tables: CcmTables,
	pId: number,
	idOf: SimulatorId,
): Promise<readonly SimulatedDevice[] | undefined> {
	const project = await tables.projects.find(pId);
	if (project === undefined) return undefined;
	const seats = simulatedSeats(project);
	if (seats.length === 0) return undefined;
	const owner = (await tables.people.byId(project.u_id))?.name ?? null;
	const models = new Map<number, readonly ModelFeature[]>();
	const devices: SimulatedDevice[] = [];
	for (const seat of seats) {
		const { dm_id } = seat.block;
		const features = models.get(dm_id) ?? (await featuresOf(tables, dm_id));
		models.set(dm_id, features);
		devices.push(simulatedDevice(project, seat, features, { idOf, owner }));
	}
	return devices;
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
