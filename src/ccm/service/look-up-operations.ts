// Questions of pages about one thing (`ccm-gui.md §5`); REST has no paths for them.
import { Type } from "@sinclair/typebox";
import { IdSchema, NameSchema } from "../../contract/mod.ts";
import { projectFor } from "./access.ts";
import { operation } from "./operation.ts";

const getProjectStatus = operation({
	name: "get_project_status",
	who: "student",
	reads: true,
	input: Type.Object({ p_id: IdSchema }),
	run: async (call, { p_id }) => (await projectFor(call, p_id, "look")).status,
});

/** Among the person's own, since names are unique there. */
const searchProject = operation({
	name: "search_project",
	who: "student",
	reads: true,
	input: Type.Object({ p_name: NameSchema }),
	run: async ({ person, tables }, { p_name }) =>
		(await tables.projects.heads({ u_id: person.u_id, p_name }))[0]?.p_id ?? null,
});

const searchFeature = operation({
	name: "search_device_feature",
	who: "student",
	reads: true,
	input: Type.Object({ df_name: NameSchema }),
	run: async ({ tables }, { df_name }) =>
		(await tables.features.list({ df_name }))[0]?.df_id ?? null,
});

const searchModel = operation({
	name: "search_device_model",
	who: "student",
	reads: true,
	input: Type.Object({ dm_name: NameSchema }),
	run: async ({ tables }, { dm_name }) => (await tables.models.list({ dm_name }))[0]?.dm_id ?? null,
});

export const lookUpOperations = [
	getProjectStatus,
	searchProject,
	searchFeature,
	searchModel,
] as const;
