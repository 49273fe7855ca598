import { randomInt, randomUUID } from "node:crypto";
import { GUI, GUI_MQTT } from "../ccm/config.ts";
import {
	isSimulator,
	Simulation,
	type SimulationDeps,
	type SimulatorId,
	simulatorIds,
	withSimulators,
} from "../ccm/mod.ts";
import { sectionValues } from "../config/mod.ts";
import { RegistrationClient } from "../csm-client/mod.ts";
import { placesOf } from "./ccm-places.ts";
import type { Core } from "./module.ts";
import { ownCsm } from "./own-csm.ts";

type Given = Pick<SimulationDeps, "store" | "mqtt" | "clock" | "log">;

/** Simulated devices of a project manager, at the CSM beside it or at another server's. */
export function buildSimulation(core: Core, given: Given) {
	const isBeside = core.modules.includes("csm");
	// Drawn when the database was made: clients do not know it, and ids stay as they are over a restart.
	const idOf: SimulatorId = simulatorIds(core.store.serverId ?? randomUUID());
	const { "simulation-seed": seed } = sectionValues(core.current.values, GUI);
	const options = {
		get maxDevices() {
			return sectionValues(core.current.values, GUI)["max-simulated"];
		},
		seed: seed === 0 ? randomInt(1, 2 ** 31) : seed,
		leavesAtEnd: !isBeside,
	};
	const registry = new RegistrationClient(isBeside ? ownCsm(core) : afar(core));
	return {
		simulation: new Simulation(options, { ...given, idOf, registry }),
		isSimulator: (device: Parameters<typeof isSimulator>[1]) => isSimulator(idOf, device),
		simulated: (project: Parameters<typeof withSimulators>[0]) => withSimulators(project, idOf),
	};
}

function afar(core: Core) {
	const { csm } = placesOf(core);
	const token = sectionValues(core.current.values, GUI_MQTT)["csm-token"];
	const authorization = token === "" ? undefined : `Bearer ${token}`;
	return { base: () => csm("127.0.0.1"), authorization };
}
