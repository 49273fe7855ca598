import type { Change, ProjectDocument } from "../../contract/mod.ts";
import { applyChanges, type ChangedDocument } from "../projects/apply-changes.ts";
import type { BlockModel } from "../projects/model.ts";
import type { CcmTables, Model } from "../store/port.ts";
import { checkOutputs } from "./candidates-for.ts";
import type { Call } from "./operation.ts";

/** Changes of a project that can be undone. */
const MAX_UNDO = 200;

/** Carries changes of a project out and keeps what takes them back. @throws Refusal */
export async function changeProject(
	call: Call,
	project: ProjectDocument,
	changes: readonly Change[],
): Promise<ChangedDocument> {
	const { person, tables, changed } = call;
	const dmIds = new Set([
		...project.blocks.map(({ dm_id }) => dm_id),
		...changes.flatMap((change) => (change.kind === "add_block" ? [change.dm_id] : [])),
	]);
	const models = new Map<number, BlockModel>();
	for (const dmId of dmIds) {
		const model = await tables.models.get(dmId);
		if (model !== undefined) models.set(dmId, await blockModel(tables, model));
	}
	const result = applyChanges(project, changes, {
		model: (dmId) => models.get(dmId),
		newId: (kind) => tables.newId(kind),
	});
	await checkOutputs(call, project, result.document);
	const { p_id } = project;
	const { rev } = result.document;
	await tables.projects.put(result.document);
	await tables.undo.add({ p_id, u_id: person.u_id, rev, inverse: result.inverse });
	await tables.undo.trim(p_id, MAX_UNDO);
	changed(p_id);
	return result;
}

/** A model as blocks are made of it. */
export async function blockModel(tables: CcmTables, model: Model): Promise<BlockModel> {
	const tags = new Map((await tables.tags.list()).map((tag) => [tag.tag_id, tag]));
	const features = await Promise.all(
		model.members.map(async ({ df_id, params, tag_ids }) => {
			const feature = await tables.features.get(df_id);
			const own = tag_ids.flatMap((id) => tags.get(id) ?? []);
			return feature === undefined
				? []
				: [
						{
							df_id,
							df_name: feature.df_name,
							df_type: feature.df_type,
							params: params.map(({ idf_type, fn_id, min, max, normalization }) => ({
								idf_type,
								fn_id,
								min,
								max,
								normalization,
							})),
							tags: own.map(({ tag_name }) => tag_name),
							tag_param_no: own.reduce((sum, { param_no }) => sum + param_no, 0),
						},
					];
		}),
	);
	return { dm_id: model.dm_id, dm_name: model.dm_name, features: features.flat() };
}
