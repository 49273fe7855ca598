import { Value } from "@sinclair/typebox/value";
import { FeatureTypeSchema, NameSchema } from "../../contract/mod.ts";
import { DEFAULT_PARAM } from "../catalog/default-param.ts";
import { ParamTypeSchema } from "../catalog/seed-file.ts";
import type { CcmTables, Feature, ModelMember, Param } from "../store/port.ts";
import type { V2Functions } from "./import-functions.ts";
import type { V2Report } from "./v2-report.ts";
import type { V2Data } from "./v2-tables.ts";

type V2Params = V2Data["DF_Parameter"];
const NAME_RULE = "a name has 1 to 200 characters";

/** What the catalog of a file is here. */
interface Ids {
	readonly units: ReadonlyMap<number, number>;
	readonly tags: ReadonlyMap<number, number>;
	readonly functions: V2Functions;
}

/**
 * Adds units, tags, features and models of a file as the system's; what is here under the same name stays as it is.
 * @returns ids of the features here, by their id in the file.
 */
export async function importCatalog(
	tables: CcmTables,
	data: V2Data,
	functions: V2Functions,
	report: V2Report,
): Promise<ReadonlyMap<number, number>> {
	const ids = { functions, ...(await importSmall(tables, data)) };
	const features = await importFeatures(tables, data, ids, report);
	await importModels(tables, data, { ...ids, features }, report);
	const own = data.DF_Parameter.filter(({ u_id }) => u_id !== null).length;
	if (own > 0) {
		report.left(
			`${own} parameters of models that people changed for themselves`,
			"the links they made have their copies",
		);
	}
	return new Map([...features].map(([id, { df_id }]) => [id, df_id]));
}

async function importSmall(tables: CcmTables, { Unit, Tag }: V2Data) {
	const units = new Map<number, number>();
	// The first one there is, where there are none: parameters without a unit have it.
	for (const { unit_id, unit_name } of [{ unit_id: 0, unit_name: "None" }, ...Unit]) {
		const [known] = await tables.units.list({ unit_name });
		const unit = known ?? { unit_id: tables.newId("unit"), unit_name };
		if (known === undefined) await tables.units.put(unit);
		units.set(unit_id, unit.unit_id);
	}
	const tags = new Map<number, number>();
	for (const { tag_id, tag_name, param_no } of Tag) {
		const [known] = await tables.tags.list({ tag_name });
		const tag = known ?? { tag_id: tables.newId("tag"), tag_name, param_no };
		if (known === undefined) await tables.tags.put(tag);
		tags.set(tag_id, tag.tag_id);
	}
	return { units, tags };
}

async function importFeatures(
	tables: CcmTables,
	{ DeviceFeature, DF_Parameter }: V2Data,
	ids: Ids,
	report: V2Report,
): Promise<Map<number, Feature>> {
	const general = DF_Parameter.filter(({ u_id }) => u_id === null);
	const params = Map.groupBy(general, (param) => (param.mf_id === null ? param.df_id : null));
	const known = new Map((await tables.features.list()).map((one) => [one.df_name, one]));
	const found = new Map<number, Feature>();
	for (const { df_id, df_name, df_type, df_category, param_no, comment } of DeviceFeature) {
		const shown = `feature ${JSON.stringify(df_name)}`;
		const before = known.get(df_name);
		if (before !== undefined) {
			report.there("features");
			found.set(df_id, before);
			if (before.df_type !== df_type || before.params.length !== param_no) {
				report.left(
					shown,
					"the one of this name here has another type or number of values, and stays",
				);
			}
			continue;
		}
		if (!Value.Check(NameSchema, df_name)) {
			report.left(shown, NAME_RULE);
			continue;
		}
		if (!Value.Check(FeatureTypeSchema, df_type) || param_no < 1 || param_no > 65_535) {
			report.left(shown, `its type is ${JSON.stringify(df_type)}, with ${param_no} values`);
			continue;
		}
		const defaults = Array.from({ length: param_no }, () => DEFAULT_PARAM);
		const feature: Feature = {
			df_id: tables.newId("df"),
			...{ df_name, df_type, df_category, comment: comment ?? "", u_id: null },
			params: paramsOf(params.get(df_id) ?? [], defaults, ids, shown, report),
		};
		await tables.features.put(feature);
		report.added("features");
		known.set(df_name, feature);
		found.set(df_id, feature);
	}
	return found;
}

/** As many as there are defaults: those say how many values messages have. */
function paramsOf(
	rows: V2Params,
	defaults: readonly Param[],
	{ units, functions }: Ids,
	shown: string,
	report: V2Report,
): Param[] {
	return defaults.map((before, index) => {
		const row = rows.find(({ param_i }) => param_i === index);
		if (row === undefined) return before;
		const { param_type, idf_type, fn_id, min, max, normalization, unit_id } = row;
		const isKnown = Value.Check(ParamTypeSchema, param_type);
		if (!isKnown)
			report.left(shown, `the type ${JSON.stringify(param_type)} of a value is not known: int`);
		return {
			param_type: isKnown ? param_type : DEFAULT_PARAM.param_type,
			idf_type: idf_type === "variant" ? "variant" : "sample",
			fn_id: fn_id === null ? null : (functions.idFor(fn_id, null) ?? null),
			min: Number.isFinite(min) ? min : 0,
			max: Number.isFinite(max) ? max : 0,
			normalization: Boolean(normalization),
			unit_id: units.get(unit_id) ?? DEFAULT_PARAM.unit_id,
		};
	});
}

async function importModels(
	tables: CcmTables,
	{ DeviceModel, DM_DF, DM_DF_Tag, DF_Parameter }: V2Data,
	ids: Ids & { readonly features: ReadonlyMap<number, Feature> },
	report: V2Report,
): Promise<void> {
	const members = Map.groupBy(DM_DF, ({ dm_id }) => dm_id);
	const tags = Map.groupBy(DM_DF_Tag, ({ mf_id }) => mf_id);
	const general = DF_Parameter.filter(({ u_id }) => u_id === null);
	const params = Map.groupBy(general, ({ mf_id }) => mf_id);
	const known = new Set((await tables.models.list()).map(({ dm_name }) => dm_name));
	for (const { dm_id, dm_name, plural, device_only } of DeviceModel) {
		const shown = `model ${JSON.stringify(dm_name)}`;
		if (known.has(dm_name)) {
			report.there("models");
			continue;
		}
		if (!Value.Check(NameSchema, dm_name)) {
			report.left(shown, NAME_RULE);
			continue;
		}
		const own: ModelMember[] = [];
		for (const { mf_id, df_id } of members.get(dm_id) ?? []) {
			const feature = ids.features.get(df_id);
			if (feature === undefined) {
				report.left(`feature ${df_id} of ${shown}`, "there is no such feature");
				continue;
			}
			own.push({
				mf_id: tables.newId("mf"),
				df_id: feature.df_id,
				params: paramsOf(params.get(mf_id) ?? [], feature.params, ids, shown, report),
				tag_ids: (tags.get(mf_id) ?? []).flatMap(({ tag_id }) => ids.tags.get(tag_id) ?? []),
			});
		}
		if (own.length === 0) {
			report.left(shown, "it has no features");
			continue;
		}
		await tables.models.put({
			dm_id: tables.newId("dm"),
			...{ dm_name, plural: Boolean(plural), device_only: Boolean(device_only), u_id: null },
			members: own,
		});
		known.add(dm_name);
		report.added("models");
	}
}
