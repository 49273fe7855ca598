import type { ProjectDocument } from "../../contract/mod.ts";
import type { CcmTables, FunctionRecord, Param, Things } from "../store/port.ts";
import type { Bundle } from "./bundle.ts";

/**
 * The models, features and functions a project uses.
 * @param functions Those with a source that may be shown.
 */
export async function bundleOf(
	tables: CcmTables,
	project: ProjectDocument,
	functions: readonly FunctionRecord[],
): Promise<Bundle> {
	const units = await tables.units.list();
	const tags = await tables.tags.list();
	const models = await found(tables.models, new Set(project.blocks.map(({ dm_id }) => dm_id)));
	const members = models.flatMap((model) => model.members);
	const features = await found(tables.features, new Set(members.map(({ df_id }) => df_id)));
	const params = [...features, ...members].flatMap((one) => one.params);
	const unitIds = new Set(params.map(({ unit_id }) => unit_id));
	const tagIds = new Set(members.flatMap(({ tag_ids }) => tag_ids));
	const names = new Map(features.map(({ df_id, df_name }) => [df_id, df_name]));
	const unitNames = new Map(units.map(({ unit_id, unit_name }) => [unit_id, unit_name]));
	const tagNames = new Map(tags.map(({ tag_id, tag_name }) => [tag_id, tag_name]));
	const paramOf = ({ param_type, idf_type, min, max, unit_id }: Param) => {
		return { param_type, idf_type, min, max, unit: unitNames.get(unit_id) ?? "None" };
	};
	const used = functionsOf(project);
	return {
		Unit: units
			.filter(({ unit_id }) => unitIds.has(unit_id))
			.map(({ unit_name }) => ({ unit_name })),
		Tag: tags
			.filter(({ tag_id }) => tagIds.has(tag_id))
			.map(({ tag_name, param_no }) => ({ tag_name, param_no })),
		Function: functions
			.filter(({ fn_id }) => used.has(fn_id))
			.map(({ fn_name, versions, pinned }) => ({
				...{ fn_name, code: versions.at(-1)?.code ?? "" },
				...(pinned.length > 0 && { pinned: [...pinned] }),
			})),
		DeviceFeature: features.map(({ df_name, df_type, df_category, comment, params: own }) => ({
			...{ df_name, df_type, df_category, comment },
			df_parameter: own.map(paramOf),
		})),
		DeviceModel: models.map(({ dm_name, plural, device_only, members: list }) => ({
			...{ dm_name, plural, device_only },
			df_list: list.map(({ df_id, params: own, tag_ids }) => ({
				df_name: names.get(df_id) ?? "",
				df_parameter: own.map(paramOf),
				tags: tag_ids.flatMap((id) => tagNames.get(id) ?? []),
			})),
		})),
	};
}

/** Ids of all functions of joins and links. */
function functionsOf({ joins }: ProjectDocument): ReadonlySet<number | null> {
	return new Set(
		joins.flatMap(({ fn_id, links }) => [
			fn_id,
			...links.flatMap(({ params }) => params.map((param) => param.fn_id)),
		]),
	);
}

async function found<T>(things: Things<T>, ids: ReadonlySet<number>): Promise<T[]> {
	const all: T[] = [];
	for (const id of ids) {
		const thing = await things.get(id);
		if (thing !== undefined) all.push(thing);
	}
	return all;
}
