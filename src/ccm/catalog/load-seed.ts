import type { CcmTables, ModelMember, Param } from "../store/port.ts";
import { DEFAULT_PARAM } from "./default-param.ts";
import type { SeedFile, SeedParam } from "./seed-file.ts";

/** How much of a seed file was new. */
export interface SeedLoaded {
	readonly functions: number;
	readonly features: number;
	readonly models: number;
}

/**
 * Puts a seed file's things in; names that exist are skipped, and features a model names that do not
 * exist are made (`ccm-gui.md §9`). Repeating it changes nothing.
 * @param now ISO 8601, UTC.
 * @param u_id Owner of what is new; null: the system. Names of the system's functions and the owner's count as existing.
 */
export async function loadSeed(
	tables: CcmTables,
	seed: SeedFile,
	now: string,
	u_id: number | null = null,
): Promise<SeedLoaded> {
	for (const { unit_name } of seed.Unit ?? []) {
		if ((await tables.units.list({ unit_name })).length > 0) continue;
		await tables.units.put({ unit_id: tables.newId("unit"), unit_name });
	}
	for (const { tag_name, param_no } of seed.Tag ?? []) {
		if ((await tables.tags.list({ tag_name })).length > 0) continue;
		await tables.tags.put({ tag_id: tables.newId("tag"), tag_name, param_no });
	}
	const functions = await loadFunctions(tables, seed, now, u_id);
	const before = await tables.features.list();
	await loadFeatures(tables, seed, u_id);
	const models = await loadModels(tables, seed, u_id);
	const features = (await tables.features.list()).length - before.length;
	await loadOffers(tables, seed);
	return { functions, features, models };
}

async function loadFunctions(
	tables: CcmTables,
	seed: SeedFile,
	date: string,
	u_id: number | null,
): Promise<number> {
	let made = 0;
	for (const { fn_name, code, is_protect = false, pinned = [] } of seed.Function ?? []) {
		const named = await tables.functions.list({ fn_name });
		if (named.some((fn) => fn.u_id === null || fn.u_id === u_id)) continue;
		const version = { fnvt_idx: tables.newId("fnvt"), u_id, date, code };
		const fn_id = tables.newId("fn");
		const isProtected = is_protect && u_id === null;
		await tables.functions.put({
			...{ fn_id, fn_name, u_id, is_protect: isProtected, pinned },
			versions: [version],
		});
		made += 1;
	}
	return made;
}

async function loadFeatures(tables: CcmTables, seed: SeedFile, u_id: number | null): Promise<void> {
	for (const feature of seed.DeviceFeature ?? []) {
		const { df_name, df_type, df_category = "None", comment = "", df_parameter } = feature;
		if ((await tables.features.list({ df_name })).length > 0) continue;
		const params = await paramsOf(tables, df_parameter);
		const df_id = tables.newId("df");
		await tables.features.put({
			...{ df_id, df_name, df_type, df_category, comment, params },
			u_id,
		});
	}
}

async function loadModels(tables: CcmTables, seed: SeedFile, u_id: number | null): Promise<number> {
	let made = 0;
	for (const { dm_name, plural = false, device_only = false, df_list } of seed.DeviceModel ?? []) {
		if ((await tables.models.list({ dm_name })).length > 0) continue;
		const members = new Map<number, ModelMember>();
		for (const entry of df_list) {
			const named = typeof entry === "string" ? { df_name: entry } : entry;
			const { df_name, df_parameter, tags = [] } = named;
			const feature = await featureNamed(tables, df_name, u_id);
			const own = df_parameter && (await paramsOf(tables, df_parameter));
			const known = await tables.tags.list();
			members.set(feature.df_id, {
				mf_id: tables.newId("mf"),
				df_id: feature.df_id,
				params: feature.params.map((param, i) => own?.[i] ?? param),
				tag_ids: known.filter((tag) => tags.includes(tag.tag_name)).map(({ tag_id }) => tag_id),
			});
		}
		const dm_id = tables.newId("dm");
		await tables.models.put({
			dm_id,
			dm_name,
			plural,
			device_only,
			u_id,
			members: [...members.values()],
		});
		made += 1;
	}
	return made;
}

async function featureNamed(tables: CcmTables, df_name: string, u_id: number | null) {
	const [known] = await tables.features.list({ df_name });
	if (known !== undefined) return known;
	const feature = {
		df_id: tables.newId("df"),
		df_name,
		df_type: /-I\d*$/.test(df_name) ? ("input" as const) : ("output" as const),
		...{ df_category: "None", comment: "", u_id },
		params: await paramsOf(tables, [{}]),
	};
	await tables.features.put(feature);
	return feature;
}

async function loadOffers(tables: CcmTables, seed: SeedFile): Promise<void> {
	for (const { df_name, fn_list } of seed.FunctionSDF ?? []) {
		const feature = df_name === null ? null : (await tables.features.list({ df_name }))[0];
		if (feature === undefined) continue;
		for (const { fn_name } of fn_list) {
			const [fn] = await tables.functions.list({ fn_name, u_id: null });
			if (fn === undefined) continue;
			const df_id = feature?.df_id ?? null;
			await tables.favourites.add({ fn_id: fn.fn_id, df_id, u_id: null });
		}
	}
}

async function paramsOf(tables: CcmTables, params: readonly SeedParam[]): Promise<Param[]> {
	const units = new Map((await tables.units.list()).map((unit) => [unit.unit_name, unit.unit_id]));
	return params.map(({ unit = "None", ...given }) => ({
		...DEFAULT_PARAM,
		...given,
		unit_id: units.get(unit) ?? DEFAULT_PARAM.unit_id,
	}));
}
