import type { ExportFile } from "../projects/export-file.ts";
import type { V2Data } from "./v2-tables.ts";

/** The rows of a file by what they belong to. */
export function indexV2(data: V2Data) {
	return {
		models: new Map(data.DeviceModel.map(({ dm_id, dm_name }) => [dm_id, dm_name])),
		features: new Map(data.DeviceFeature.map((one) => [one.df_id, one])),
		objects: Map.groupBy(data.DeviceObject, ({ p_id }) => p_id),
		ports: Map.groupBy(data.DFObject, ({ do_id }) => do_id),
		joins: Map.groupBy(data.NetworkApplication, ({ p_id }) => p_id),
		links: Map.groupBy(data.DF_Module, ({ na_id }) => na_id),
		orders: Map.groupBy(data.MultipleJoin_Module, ({ na_id }) => na_id),
	};
}

export type V2Index = ReturnType<typeof indexV2>;

/**
 * A project of the file as the original exports it.
 * @param nameOf Name of a function; null: none that its owner has.
 * @param left Told of what is not part of it, and why.
 */
export function projectFile(
	{ p_id, p_name }: V2Data["Project"][number],
	index: V2Index,
	nameOf: (fnId: number | null) => string | null,
	left: (what: string, why: string) => void,
): ExportFile {
	/** Type of each feature object that is part of it. */
	const types = new Map<number, string>();
	const objects = (index.objects.get(p_id) ?? []).flatMap(({ do_id, dm_id }) => {
		const dm_name = index.models.get(dm_id);
		if (dm_name === undefined) {
			left(`device object ${do_id}`, `its model ${dm_id} is not in the file`);
			return [];
		}
		const dfo = (index.ports.get(do_id) ?? []).flatMap(({ dfo_id, df_id, alias_name }) => {
			const feature = index.features.get(df_id);
			if (feature === undefined) {
				left(`feature object ${dfo_id}`, `its feature ${df_id} is not in the file`);
				return [];
			}
			types.set(dfo_id, feature.df_type);
			const { df_name } = feature;
			return [[dfo_id, { df_name, alias_name: alias_name === "" ? df_name : alias_name }]];
		});
		return [[do_id, { do_idx: 0, dm_name, dfo: Object.fromEntries(dfo) }]];
	});
	const applications = (index.joins.get(p_id) ?? []).flatMap(({ na_id, na_name, na_idx }) => {
		const shown = `join ${JSON.stringify(na_name)}`;
		const all = index.links.get(na_id) ?? [];
		const links = all.filter(({ dfo_id }) => types.has(dfo_id));
		if (links.length < all.length) left(`links of ${shown}`, "their feature objects are missing");
		const sides = new Set(links.map(({ dfo_id }) => types.get(dfo_id)));
		if (!sides.has("input") || !sides.has("output")) {
			left(shown, "it does not link an input with an output");
			return [];
		}
		return [{ na_name, na_idx, ...partsOf(links, index.orders.get(na_id) ?? [], types, nameOf) }];
	});
	return {
		project: {
			p_name,
			DeviceObject: Object.fromEntries(objects),
			NetworkApplication: applications,
		},
	};
}

function partsOf(
	links: V2Data["DF_Module"],
	order: V2Data["MultipleJoin_Module"],
	types: ReadonlyMap<number, string>,
	nameOf: (fnId: number | null) => string | null,
) {
	return {
		DF_Module: links.map(({ dfo_id, param_i, idf_type, fn_id, min, max, normalization }) => ({
			...{ dfo_id, param_i, min, max },
			idf_type: idf_type === "variant" ? ("variant" as const) : ("sample" as const),
			normalization: Boolean(normalization),
			fn_name: nameOf(fn_id),
		})),
		MultipleJoin_Module: order
			.filter(({ dfo_id }) => types.has(dfo_id))
			.map(({ param_i, dfo_id, fn_id }) => ({ param_i, dfo_id, fn_name: nameOf(fn_id) })),
	};
}
