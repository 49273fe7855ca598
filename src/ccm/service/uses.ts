import type { ProjectDocument } from "../../contract/mod.ts";
import { functionsUsed } from "../projects/functions-used.ts";
import type { CcmTables } from "../store/port.ts";

/** Projects with a function. */
export async function projectsUsing(tables: CcmTables, fnId: number): Promise<ProjectDocument[]> {
	return (await tables.projects.list()).filter((project) => functionsUsed(project).has(fnId));
}

/** Whether a feature, a model or a project has a function. */
export async function isFunctionUsed(tables: CcmTables, fnId: number): Promise<boolean> {
	const models = await tables.models.list();
	const holders = [...(await tables.features.list()), ...models.flatMap(({ members }) => members)];
	if (holders.some(({ params }) => params.some((param) => param.fn_id === fnId))) return true;
	return (await projectsUsing(tables, fnId)).length > 0;
}

/** Whether blocks are made of a model. */
export async function isModelUsed(tables: CcmTables, dmId: number): Promise<boolean> {
	const projects = await tables.projects.list();
	return projects.some(({ blocks }) => blocks.some(({ dm_id }) => dm_id === dmId));
}

/** Whether a model or a block has a feature. */
export async function isFeatureUsed(tables: CcmTables, dfId: number): Promise<boolean> {
	const models = await tables.models.list();
	if (models.some(({ members }) => members.some(({ df_id }) => df_id === dfId))) return true;
	const projects = await tables.projects.list();
	return projects.some(({ blocks }) =>
		blocks.some(({ ports }) => ports.some(({ df_id }) => df_id === dfId)),
	);
}
