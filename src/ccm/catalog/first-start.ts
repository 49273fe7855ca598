import type { DatabaseStore } from "../store/database.ts";
import { loadSeed, type SeedLoaded } from "./load-seed.ts";
import { seedData } from "./seed-data.ts";

/** Whether default data were loaded, or are not wanted; as long as neither is known the next start loads them. */
const SEEDED = "seeded";

/**
 * Loads the default data into a database that never had them, and was not told to go without. What people removed
 * since does not come back.
 * @param now Milliseconds since 1970.
 * @returns how much was new; undefined when the database had them.
 */
export function seedIfEmpty(store: DatabaseStore, now: number): Promise<SeedLoaded | undefined> {
	return store.write(async (tables) => {
		if (tables.state.get(SEEDED) !== undefined) return undefined;
		tables.state.set(SEEDED, "yes");
		return loadSeed(tables, seedData(), new Date(now).toISOString());
	});
}
