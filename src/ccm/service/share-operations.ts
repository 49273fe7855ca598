import { Type } from "@sinclair/typebox";
import { IdSchema } from "../../contract/mod.ts";
import { badRequest } from "../projects/refusal.ts";
import { projectFor } from "./access.ts";
import { IdOrName } from "./inputs.ts";
import { operation } from "./operation.ts";
import { personMeant } from "./owner.ts";

const SHARE = "/project/:p_id/share";
const May = Type.Union([Type.Literal("look"), Type.Literal("edit")]);

const shareProject = operation({
	name: "share_project",
	rest: { method: "POST", path: SHARE },
	who: "teacher",
	reads: false,
	input: Type.Object({ p_id: IdSchema, u_id: IdOrName, may: May }),
	run: async (call, { p_id, u_id: idOrName, may }) => {
		const project = await projectFor(call, p_id, "own");
		const { id: u_id } = await personMeant(call, idOrName);
		if (u_id === project.u_id) badRequest("a project is not shared with its owner", "u_id");
		await call.tables.members.remove({ p_id, u_id });
		await call.tables.members.add({ p_id, u_id, may });
		call.tell({ kind: "members", p_id });
		return { p_id, u_id, may };
	},
});

const unshareProject = operation({
	name: "unshare_project",
	rest: { method: "POST", path: "/project/:p_id/unshare" },
	who: "teacher",
	reads: false,
	input: Type.Object({ p_id: IdSchema, u_id: IdSchema }),
	run: async (call, { p_id, u_id }) => {
		await projectFor(call, p_id, "own");
		await call.tables.members.remove({ p_id, u_id });
		call.tell({ kind: "members", p_id });
		return { p_id, u_id };
	},
});

const getMembers = operation({
	name: "get_project_members",
	rest: { method: "GET", path: SHARE, as: "data" },
	who: "teacher",
	reads: true,
	input: Type.Object({ p_id: IdSchema }),
	run: async (call, { p_id }) => {
		await projectFor(call, p_id, "own");
		const members = await call.tables.members.list({ p_id });
		const people = await Promise.all(members.map(({ u_id }) => call.tables.people.byId(u_id)));
		return members.map(({ u_id, may }, index) => ({
			...{ u_id, may },
			u_name: people[index]?.name ?? null,
		}));
	},
});

export const shareOperations = [shareProject, unshareProject, getMembers] as const;
