import type { CcmTables } from "../store/port.ts";
import type { SeedFile, SeedParam } from "./seed-file.ts";

/** Names a seed file refers to that are neither in it nor there already, as `unit "lx"`, each once. */
export async function missingNames(tables: CcmTables, seed: SeedFile): Promise<string[]> {
	const { DeviceFeature = [], DeviceModel = [], FunctionSDF = [] } = seed;
	const entries = DeviceModel.flatMap(({ df_list }) => df_list).map((entry) =>
		typeof entry === "string" ? { df_name: entry } : entry,
	);
	const params = [...DeviceFeature, ...entries].flatMap(({ df_parameter = [] }) => df_parameter);
	const known = await knownNames(tables, seed);
	const wanted = {
		unit: params.flatMap(({ unit }: SeedParam) => unit ?? []),
		tag: entries.flatMap(({ tags = [] }) => tags),
		function: FunctionSDF.flatMap(({ fn_list }) => fn_list.map(({ fn_name }) => fn_name)),
		// Those a model names are made.
		feature: FunctionSDF.flatMap(({ df_name }) => df_name ?? []),
	};
	const made = new Set(entries.map(({ df_name }) => df_name));
	const missing = new Set<string>();
	for (const kind of ["unit", "tag", "function", "feature"] as const) {
		for (const name of wanted[kind]) {
			if (known[kind].has(name) || (kind === "feature" && made.has(name))) continue;
			missing.add(`${kind} ${JSON.stringify(name)}`);
		}
	}
	return [...missing];
}

async function knownNames(tables: CcmTables, seed: SeedFile) {
	const units = [...(await tables.units.list()), ...(seed.Unit ?? [])];
	const tags = [...(await tables.tags.list()), ...(seed.Tag ?? [])];
	const functions = [...(await tables.functions.list({ u_id: null })), ...(seed.Function ?? [])];
	const features = [...(await tables.features.list()), ...(seed.DeviceFeature ?? [])];
	return {
		unit: new Set(units.map(({ unit_name }) => unit_name)),
		tag: new Set(tags.map(({ tag_name }) => tag_name)),
		function: new Set(functions.map(({ fn_name }) => fn_name)),
		feature: new Set(features.map(({ df_name }) => df_name)),
	};
}
