import { DatabaseStore, initCcm, whatIsThere } from "../ccm/mod.ts";
import { count, createLogger } from "../kit/mod.ts";
import type { Store } from "../store/mod.ts";
import type { ModuleData } from "./module.ts";

/** What the command line does with the project manager's data. */
export const ccmData: ModuleData = {
	resetLoses: async (store) => {
		const { projects, models, features, functions } = await whatIsThere(open(store));
		if (projects + models + features + functions === 0) return undefined;
		const catalog = `${count(models, "device model")}, ${count(features, "feature")}`;
		return `${count(projects, "project")}, ${catalog} and ${count(functions, "function")}`;
	},
	initdb: async (store, how) => {
		const ccm = open(store);
		const made = await initCcm(ccm, { ...how, now: Date.now() });
		const there = await whatIsThere(ccm);
		const each = (["model", "feature", "function"] as const).map(
			(kind) => `${count(there[`${kind}s`], kind)} (${made[`${kind}s`]} new)`,
		);
		return `In it: ${each.join(", ")}, ${count(there.projects, "project")}`;
	},
};

function open(store: Store): DatabaseStore {
	return new DatabaseStore(store, createLogger({ level: "warn", format: "text" }));
}
