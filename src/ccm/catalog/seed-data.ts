import { seedFeatures } from "./seed-features.ts";
import type { SeedFile } from "./seed-file.ts";
import { seedFunctions } from "./seed-functions.ts";
import { seedModels } from "./seed-models.ts";

const offer = (df_name: string, ...names: string[]) => ({
	df_name,
	fn_list: names.map((fn_name) => ({ fn_name })),
});

/**
 * The default data (`ccm-gui.md §9`, less what §14 drops): devices' pages expect these models and features. A file of
 * the same shape can be imported.
 */
export function seedData(): SeedFile {
	return {
		DeviceFeatureCategory: [{ dfc_name: "None" }],
		Unit: ["None", "cm/s", "m/s", "km/s"].map((unit_name) => ({ unit_name })),
		Tag: [
			{ tag_name: "ID", param_no: 1 },
			{ tag_name: "Geolocation", param_no: 2 },
			{ tag_name: "Timestamp", param_no: 1 },
			{ tag_name: "Battery", param_no: 1 },
			{ tag_name: "Privacy", param_no: 1 },
		],
		Function: seedFunctions(),
		FunctionSDF: [
			offer("Color-O", "x1", "x2", "x3"),
			offer("Acceleration-I", "scalar"),
			offer("Mag-I", "scalar"),
		],
		DeviceFeature: seedFeatures(),
		DeviceModel: seedModels(),
	};
}

/** Lines for the documentation: how much there is, and what. */
export function describeSeedData(): {
	readonly counts: string;
	readonly models: readonly string[];
} {
	const { DeviceFeature = [], DeviceModel = [], Function: functions = [] } = seedData();
	return {
		counts: `${DeviceModel.length} models, ${DeviceFeature.length} features, ${functions.length} functions`,
		models: DeviceModel.map(({ dm_name, df_list }) => {
			const names = df_list.map((feature) =>
				typeof feature === "string" ? feature : feature.df_name,
			);
			return `\`${dm_name}\`: ${families(names).join(", ")}`;
		}),
	};
}

/** `Button-I1` … `Button-I9` as one. */
function families(names: readonly string[]): string[] {
	const groups = Map.groupBy(names, (name) => /^(.*-[IO])\d+$/.exec(name)?.[1] ?? name);
	return [...groups].map(([stem, members]) =>
		members.length > 1 ? `${members[0]} … ${members.at(-1)?.slice(stem.length)}` : `${members[0]}`,
	);
}
