import type { CcmStore, CcmTables } from "../store/port.ts";
import { importCatalog } from "./import-catalog.ts";
import { importFunctions, type V2Functions } from "./import-functions.ts";
import { importPeople, type V2People } from "./import-people.ts";
import { importDevices, importProjects } from "./import-projects.ts";
import { type V2Outcome, V2Report } from "./v2-report.ts";
import type { V2Data } from "./v2-tables.ts";

/**
 * Adds what the database of the original's project manager has, in one unit of work. What is here under the same name,
 * of the same owner where there is one, stays as it is, so that a second time adds nothing.
 * @param now Milliseconds since 1970.
 */
export function importV2(store: CcmStore, data: V2Data, now: number): Promise<V2Outcome> {
	return store.write(async (tables) => {
		const report = new V2Report();
		const date = new Date(now).toISOString();
		const people = await importPeople(tables, data, now, report);
		const functions = await importFunctions(tables, data, people, date, report);
		const features = await importCatalog(tables, data, functions, report);
		await importOffers(tables, data, { people, functions, features });
		await importDevices(tables, data, people, report);
		await importProjects(tables, data, { people, functions }, report);
		return report.outcome;
	});
}

interface Known {
	readonly people: V2People;
	readonly functions: V2Functions;
	/** Ids here, by id in the file. */
	readonly features: ReadonlyMap<number, number>;
}

/** Functions that are offered first; offers of what is not here are none. */
async function importOffers(
	tables: CcmTables,
	{ FunctionSDF }: V2Data,
	{ people, functions, features }: Known,
): Promise<void> {
	for (const { fn_id, u_id, df_id, display } of FunctionSDF) {
		const owner = u_id === null ? null : people.get(u_id)?.id;
		const feature = df_id === null ? null : features.get(df_id);
		if (!display || owner === undefined || feature === undefined) continue;
		const fn = functions.idFor(fn_id, owner);
		if (fn !== undefined) await tables.favourites.add({ fn_id: fn, df_id: feature, u_id: owner });
	}
}
