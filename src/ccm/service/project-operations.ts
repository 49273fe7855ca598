import { Type } from "@sinclair/typebox";
import { IdSchema, NameSchema, type ProjectDocument, SwitchSchema } from "../../contract/mod.ts";
import { projectFor, projectHeadFor } from "./access.ts";
import { changeProject } from "./change-project.ts";
import { IdOrName } from "./inputs.ts";
import { type Call, operation } from "./operation.ts";
import { removeProject } from "./people.ts";
import { checkProjectName } from "./project-names.ts";
import { projectInfo, projectRow } from "./shapes.ts";

/** An empty project of the person, not kept yet. */
export function newProject({ person, tables }: Call, p_name: string): ProjectDocument {
	const p_id = tables.newId("p");
	const nothing = { blocks: [], joins: [] };
	return { p_id, p_name, u_id: person.u_id, rev: 0, status: "off", sim: "off", ...nothing };
}

const createProject = operation({
	name: "create_project",
	rest: { method: "PUT", path: "/project", status: 201 },
	who: "teacher",
	reads: false,
	input: Type.Object({ p_name: NameSchema }),
	run: async (call, { p_name }) => {
		await checkProjectName(call, p_name);
		const project = newProject(call, p_name);
		await call.tables.projects.put(project);
		return { p_id: project.p_id };
	},
});

const getProjectList = operation({
	name: "get_project_list",
	rest: { method: "GET", path: "/project", as: "data" },
	who: "student",
	reads: true,
	input: Type.Object({}),
	run: async ({ person, tables }) => {
		const own = await tables.projects.heads({ u_id: person.u_id });
		const shared = await tables.members.list({ u_id: person.u_id });
		const others = await Promise.all(shared.map(({ p_id }) => tables.projects.heads({ p_id })));
		return [...own, ...others.flat()].map(projectRow);
	},
});

const getProjectInfo = operation({
	name: "get_project_info",
	rest: { method: "GET", path: "/project/:p_id", as: "data" },
	who: "student",
	reads: true,
	local: true,
	input: Type.Object({ p_id: IdOrName }),
	run: async (call, { p_id }) =>
		projectInfo(
			call.tables,
			// Without the name: "project not found" are the words of the contract.
			call.simulated(await projectFor(call, p_id, "look", "project")),
		),
});

const updateProject = operation({
	name: "update_project",
	rest: { method: "POST", path: "/project/:p_id" },
	who: "student",
	reads: false,
	local: true,
	input: Type.Object({ p_id: IdSchema, status: SwitchSchema }),
	run: async (call, { p_id, status }) => {
		const project = await projectFor(call, p_id, "edit");
		await changeProject(call, project, [{ kind: "set_status", status }]);
		return { p_id, status };
	},
});

const renameProject = operation({
	name: "rename_project",
	who: "student",
	reads: false,
	input: Type.Object({ p_id: IdSchema, newname: NameSchema }),
	run: async (call, { p_id, newname }) => {
		const project = await projectFor(call, p_id, "own");
		if (newname !== project.p_name) await checkProjectName(call, newname, project);
		await changeProject(call, project, [{ kind: "rename_project", p_name: newname }]);
		return { p_id, p_name: newname };
	},
});

const deleteProject = operation({
	name: "delete_project",
	rest: { method: "DELETE", path: "/project/:p_id" },
	who: "student",
	reads: false,
	input: Type.Object({ p_id: IdSchema }),
	run: async (call, { p_id }) => {
		await projectHeadFor(call, p_id, "own", `project ${p_id}`);
		await removeProject(call, p_id);
		return { p_id };
	},
});

const getSimulationStatus = operation({
	name: "get_simulation_status",
	rest: { method: "GET", path: "/simulation/:p_id", as: "data" },
	who: "student",
	reads: true,
	input: Type.Object({ p_id: IdSchema }),
	run: async (call, { p_id }) => (await projectFor(call, p_id, "look")).sim,
});

const updateSimulation = operation({
	name: "update_simulation",
	rest: { method: "POST", path: "/simulation/:p_id" },
	who: "student",
	reads: false,
	input: Type.Object({ p_id: IdSchema, sim: SwitchSchema }),
	run: async (call, { p_id, sim }) => {
		const project = await projectFor(call, p_id, "edit");
		await changeProject(call, project, [{ kind: "set_simulation", sim }]);
		return { p_id, sim };
	},
});

export const projectOperations = [
	createProject,
	getProjectList,
	getProjectInfo,
	updateProject,
	renameProject,
	deleteProject,
	getSimulationStatus,
	updateSimulation,
] as const;
