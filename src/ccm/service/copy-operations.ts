import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { IdSchema, NameSchema, type ProjectDocument } from "../../contract/mod.ts";
import type { UserRecord } from "../../store/mod.ts";
import { copyParts } from "../projects/copy-project.ts";
import { badRequest } from "../projects/refusal.ts";
import { projectFor } from "./access.ts";
import { type Call, operation } from "./operation.ts";
import { checkProjectName } from "./project-names.ts";

/** A copy that is off and has no devices, of the same owner. @returns its id. */
async function copied({ tables }: Call, project: ProjectDocument, p_name: string): Promise<number> {
	const p_id = tables.newId("p");
	const parts = copyParts(project, (kind) => tables.newId(kind));
	const { u_id } = project;
	await tables.projects.put({ p_id, p_name, u_id, rev: 0, status: "off", sim: "off", ...parts });
	return p_id;
}

const copyProject = operation({
	name: "copy_project",
	rest: { method: "POST", path: "/project/:p_id/copy", status: 201 },
	who: "teacher",
	reads: false,
	local: true,
	input: Type.Object({ p_id: IdSchema, p_name: NameSchema }),
	run: async (call, { p_id, p_name }) => {
		const project = await projectFor(call, p_id, "own");
		await checkProjectName(call, p_name, project);
		return { p_id: await copied(call, project, p_name), p_name };
	},
});

/** Students a project is shared with, by name. */
async function studentsOf({ tables }: Call, p_id: number): Promise<UserRecord[]> {
	const members = await tables.members.list({ p_id });
	const people = await Promise.all(members.map(({ u_id }) => tables.people.byId(u_id)));
	const students = people.flatMap((one) => (one?.role === "student" ? [one] : []));
	return students.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const copyForMembers = operation({
	name: "copy_project_for_members",
	rest: { method: "POST", path: "/project/:p_id/copy/members", status: 201 },
	who: "teacher",
	reads: false,
	local: true,
	input: Type.Object({ p_id: IdSchema }),
	run: async (call, { p_id }) => {
		const project = await projectFor(call, p_id, "own");
		const students = await studentsOf(call, p_id);
		if (students.length === 0) badRequest("the project is not shared with a student", "p_id");
		const copies = [];
		for (const student of students) copies.push(await copyFor(call, project, student));
		return { p_id, copies };
	},
});

/**
 * The copy a student gets, or has already.
 * @throws Refusal 400: the owner has a project of that name that is not the student's; the name is too long.
 */
async function copyFor(call: Call, project: ProjectDocument, student: UserRecord) {
	const { tables } = call;
	const { id: u_id, name: u_name } = student;
	const p_name = `${project.p_name}-${u_name}`;
	if (!Value.Check(NameSchema, p_name)) {
		badRequest(`the name ${JSON.stringify(p_name)} of a copy is too long`, "p_id");
	}
	const [known] = await tables.projects.heads({ u_id: project.u_id, p_name });
	if (known === undefined) {
		const p_id = await copied(call, project, p_name);
		await tables.members.add({ p_id, u_id, may: "edit" });
		return { p_id, p_name, u_id, u_name, is_new: true };
	}
	const { p_id } = known;
	if ((await tables.members.list({ p_id, u_id })).length > 0) {
		return { p_id, p_name, u_id, u_name, is_new: false };
	}
	return badRequest(
		`a project ${JSON.stringify(p_name)} exists and is not shared with ${u_name}: rename it, or share it`,
		"p_id",
	);
}

export const copyOperations = [copyProject, copyForMembers] as const;
