import type { CcmTables } from "../store/port.ts";

/** Whether a feature, a model or a project has a function. */
export async function isFunctionUsed(tables: CcmTables, fnId: number): Promise<boolean> {
	const models = await tables.models.list();
	const holders = [...(await tables.features.list()), ...models.flatMap(({ members }) => members)];
	if (holders.some(({ params }) => params.some((param) => param.fn_id === fnId))) return true;
	return (await tables.projects.mentioning({ kind: "fn", ref: fnId })).length > 0;
}

/** Whether blocks are made of a model. */
export async function isModelUsed(tables: CcmTables, dmId: number): Promise<boolean> {
	return (await tables.projects.mentioning({ kind: "dm", ref: dmId })).length > 0;
}

/** Whether a model or a block has a feature. */
export async function isFeatureUsed(tables: CcmTables, dfId: number): Promise<boolean> {
	const models = await tables.models.list();
	if (models.some(({ members }) => members.some(({ df_id }) => df_id === dfId))) return true;
	return (await tables.projects.mentioning({ kind: "df", ref: dfId })).length > 0;
}

/** Whether a parameter of a feature or of a model has a unit. */
export async function isUnitUsed(tables: CcmTables, unitId: number): Promise<boolean> {
	const members = (await tables.models.list()).flatMap((model) => model.members);
	const holders = [...(await tables.features.list()), ...members];
	return holders.some(({ params }) => params.some(({ unit_id }) => unit_id === unitId));
}

/** Whether a feature in a model has a tag; what blocks have of it are names of their own. */
export async function isTagUsed(tables: CcmTables, tagId: number): Promise<boolean> {
	const models = await tables.models.list();
	return models.some(({ members }) => members.some(({ tag_ids }) => tag_ids.includes(tagId)));
}
