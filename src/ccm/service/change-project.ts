import type { Change, ProjectDocument } from "../../contract/mod.ts";
import { InvariantError } from "../../kit/mod.ts";
import { applyChanges, type ChangedDocument } from "../projects/apply-changes.ts";
import type { BlockModel } from "../projects/model.ts";
import type { CcmTables, Model } from "../store/port.ts";
import { checkOutputs } from "./candidates-for.ts";
import type { Call } from "./operation.ts";
import { ownSteps } from "./own-steps.ts";

/** Steps of a project that can be undone or redone. */
const MAX_UNDO = 200;
/** Of all of them, as JSON: 200 steps of people are a few hundred thousand, those of scripts could be any size. */
const MAX_UNDO_BYTES = 16 << 20;

/** What changes make of a project, before it is kept. */
export interface ProjectChange extends ChangedDocument {
	/** What carries them out again once they are taken back. */
	readonly redo: readonly Change[];
}

/**
 * Carries changes of a project out and keeps what takes them back. Where they change nothing, nothing is kept and the
 * revision stays.
 * @throws Refusal
 */
export async function changeProject(
	call: Call,
	project: ProjectDocument,
	changes: readonly Change[],
): Promise<ChangedDocument> {
	const { person, tables, changed } = call;
	const { p_id, rev } = project;
	const change = await tryChanges(call, project, changes);
	if (Bun.deepEquals({ ...change.document, rev }, project)) {
		changed(p_id);
		return { ...change, document: project };
	}
	await tables.undo.remove({ p_id, u_id: person.u_id, is_undone: true });
	await keepChange(call, change, false);
	return change;
}

/** What changes would make of a project; nothing is kept. @throws Refusal */
export async function tryChanges(
	call: Call,
	project: ProjectDocument,
	changes: readonly Change[],
): Promise<ProjectChange> {
	const { tables } = call;
	const dmIds = new Set([
		...project.blocks.map(({ dm_id }) => dm_id),
		...changes.flatMap((change) => (change.kind === "add_block" ? [change.dm_id] : [])),
	]);
	const models = new Map<number, BlockModel>();
	for (const dmId of dmIds) {
		const model = await tables.models.get(dmId);
		if (model !== undefined) models.set(dmId, await blockModel(tables, model));
	}
	const model = (dmId: number) => models.get(dmId);
	const result = applyChanges(project, changes, { model, newId: (kind) => tables.newId(kind) });
	await checkOutputs(call, project, result.document);
	const newId = (kind: string): never => {
		throw new InvariantError(`An inverse asked for a new id (${kind})`);
	};
	const { inverse: redo } = applyChanges(result.document, result.inverse, { model, newId });
	return { ...result, redo };
}

/** Keeps what changes have made of a project, as the newest step of the person. */
export async function keepChange(
	call: Call,
	{ document, done, inverse, redo, parts }: ProjectChange,
	is_undone: boolean,
): Promise<void> {
	const { person, tables, changed, tell } = call;
	const { p_id, rev } = document;
	await tables.projects.put(document);
	await tables.undo.add({ p_id, u_id: person.u_id, rev, inverse, redo, is_undone });
	await tables.undo.trim(p_id, MAX_UNDO, MAX_UNDO_BYTES);
	const steps = await ownSteps(call, p_id);
	tell({ kind: "changes", document, changes: done, parts, by: person, steps });
	changed(p_id);
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
