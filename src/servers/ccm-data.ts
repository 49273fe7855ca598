import {
	checkCcmSnapshot,
	DatabaseStore,
	importV2,
	initCcm,
	putCcmSnapshot,
	readV2,
	takeCcmSnapshot,
	whatIsThere,
} from "../ccm/mod.ts";
import { count, createLogger } from "../kit/mod.ts";
import { ForeignFile, type StorePort } from "../store/mod.ts";
import type { ModuleData } from "./module.ts";

/** What the command line does with the project manager's data. */
export const ccmData: ModuleData = {
	counted: { ccm_project: "project" },
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
	readV2: (path) => {
		const file = ForeignFile.open(path);
		try {
			const data = readV2(file);
			return { put: (store) => importV2(open(store), data, Date.now()) };
		} finally {
			file.close();
		}
	},
	take: async (db, columns) => {
		const part = await takeCcmSnapshot(db, columns);
		if (part === undefined) return undefined;
		const { projects, models } = part;
		const said = `${count(projects.length, "project")}, ${count(models.length, "device model")}`;
		return { part, said };
	},
	read: (part) => {
		const snapshot = checkCcmSnapshot(part);
		return {
			put: async (db, columns, mayLose) => {
				const { added, replaced, removed } = await putCcmSnapshot(db, columns, snapshot, mayLose);
				return `projects: ${added} added, ${replaced} replaced, ${removed} removed`;
			},
		};
	},
};

function open(store: StorePort): DatabaseStore {
	return new DatabaseStore(store, createLogger({ level: "warn", format: "text" }));
}
