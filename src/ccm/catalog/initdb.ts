import { InputError } from "../../kit/mod.ts";
import type { DatabaseStore } from "../store/database.ts";
import type { DatabaseTables } from "../store/database-tables.ts";
import { checkSeedFile } from "./check-seed-file.ts";
import { loadSeed, type SeedLoaded } from "./load-seed.ts";
import { missingNames } from "./missing-names.ts";
import { seedData } from "./seed-data.ts";
import type { SeedFile } from "./seed-file.ts";

/** Whether default data were loaded; as long as it is not known, the next start loads them. */
const SEEDED = "seeded";
/** What parameters without a unit have (`ccm-gui.md §2`). */
const LEAST: SeedFile = { Unit: [{ unit_name: "None" }] };

export interface InitdbOptions {
	/** Whether everything goes first. */
	readonly reset: boolean;
	/** Whether the default data are left out. */
	readonly empty: boolean;
	/** The operator's seed file, parsed. */
	readonly file?: unknown;
	/** Milliseconds since 1970. */
	readonly now: number;
}

/**
 * Loads the default data, and a file of the same shape, all or nothing; what is there already stays as it is.
 * @returns how much was new.
 * @throws InputError when the file is not a seed file, or names what is neither in it nor in the database.
 */
export async function initCcm(store: DatabaseStore, how: InitdbOptions): Promise<SeedLoaded> {
	const file = how.file === undefined ? undefined : checkSeedFile(how.file);
	const date = new Date(how.now).toISOString();
	return store.write(async (tables) => {
		if (how.reset) await tables.clear();
		tables.state.set(SEEDED, how.empty ? "no" : "yes");
		const first = await loadSeed(tables, how.empty ? LEAST : seedData(), date);
		if (file === undefined) return first;
		const missing = await missingNames(tables, file);
		if (missing.length > 0) {
			throw new InputError(`it names what is not there: ${missing.join(", ")}`);
		}
		const second = await loadSeed(tables, file, date);
		return {
			functions: first.functions + second.functions,
			features: first.features + second.features,
			models: first.models + second.models,
		};
	});
}

/**
 * Loads the default data into a database that never had them and was not told to go without. What people removed since
 * does not come back.
 * @param now Milliseconds since 1970.
 * @returns how much was new; undefined when nothing was to be done.
 */
export function seedIfEmpty(store: DatabaseStore, now: number): Promise<SeedLoaded | undefined> {
	return store.write(async (tables: DatabaseTables) => {
		if (tables.state.get(SEEDED) !== undefined) return undefined;
		tables.state.set(SEEDED, "yes");
		return loadSeed(tables, seedData(), new Date(now).toISOString());
	});
}

/** How much there is of each kind. */
export function whatIsThere(
	store: DatabaseStore,
): Promise<SeedLoaded & { readonly projects: number }> {
	return store.read(async ({ models, features, functions, projects }) => ({
		models: (await models.list()).length,
		features: (await features.list()).length,
		functions: (await functions.list()).length,
		projects: (await projects.heads()).length,
	}));
}
