// Administration of everything (`ccm-gui.md §3.5`).
import { Type } from "@sinclair/typebox";
import { NO_PASSWORD } from "../../auth/mod.ts";
import { IdSchema } from "../../contract/mod.ts";
import type { UserRecord } from "../../store/mod.ts";
import { badRequest, notFound, Refusal } from "../projects/refusal.ts";
import type { ProjectHead } from "../store/port.ts";
import { unreadable } from "./access.ts";
import { PasswordSchema } from "./account-operations.ts";
import { changeProject } from "./change-project.ts";
import { type Call, operation, type Person } from "./operation.ts";
import { checkPassword, keepAnAdmin, personWith, removePerson, removeProject } from "./people.ts";
import { projectRow } from "./shapes.ts";

const Id = Type.Object({ id: IdSchema });
const Flag = Type.Union([Type.Boolean(), Type.Integer({ minimum: 0, maximum: 1 })]);
const Project = Type.Object({ p_id: IdSchema, u_id: Type.Optional(IdSchema) });

const getUsers = operation({
	name: "admin_user_list",
	rest: { method: "GET", path: "/admin/user", as: "data" },
	who: "admin",
	reads: true,
	local: true,
	input: Type.Object({}),
	run: async ({ tables }) =>
		(await tables.people.list()).map(({ id, name, role, isActive }) => ({
			...{ u_id: id, u_name: name, role, is_active: isActive },
			is_admin: role === "admin",
		})),
});

const setPassword = operation({
	name: "admin_user_pass",
	rest: { method: "POST", path: "/admin/user/pass" },
	/** Of students a teacher sets it too: a class forgets. Others are refused below. */
	who: "student",
	reads: false,
	input: Type.Object({ ...Id.properties, password: PasswordSchema }),
	prepare: async ({ person, read, passwords }, { id, password }) => {
		const user = await read(({ people }) => people.byId(id));
		refuseOthers(person, user);
		if (user === undefined) return badRequest("update fail", "id");
		checkPassword(password, user.role);
		return passwords.hash(password);
	},
	run: async ({ person, tables, peopleChanged }, { id }, hash) => {
		const user = await tables.people.byId(id);
		refuseOthers(person, user);
		if (user === undefined) return badRequest("update fail", "id");
		await tables.people.setPassword(id, hash);
		// Who had none yet may log in from now on.
		if (user.hash === NO_PASSWORD) await tables.people.setActive(id, true);
		peopleChanged();
		return { id };
	},
});

/** @throws Refusal 403: not an administrator, nor a teacher with a student that may log in. */
function refuseOthers({ role }: Person, user: UserRecord | undefined): void {
	if (role === "admin") return;
	if (role === "teacher" && user?.role === "student" && user.isActive) return;
	throw new Refusal(403, "You are not administrator.");
}

const switchAdmin = operation({
	name: "admin_user_switch",
	rest: { method: "POST", path: "/admin/user/switch" },
	who: "admin",
	reads: false,
	input: Type.Object({ ...Id.properties, is_admin: Flag }),
	run: async ({ tables, peopleChanged }, { id, is_admin }) => {
		const user = await personWith(tables, id);
		if (Boolean(is_admin) === (user.role === "admin")) return { id };
		if (!is_admin) await keepAnAdmin(tables, user);
		await tables.people.setRole(id, is_admin ? "admin" : "teacher");
		peopleChanged();
		return { id };
	},
});

const deleteUser = operation({
	name: "admin_user_delete",
	rest: { method: "DELETE", path: "/admin/user" },
	who: "admin",
	reads: false,
	input: Id,
	run: async (call, { id }) => {
		await removePerson(call, await personWith(call.tables, id));
		return { id };
	},
});

const getProjects = operation({
	name: "admin_project_list",
	rest: { method: "GET", path: "/admin/project", as: "data" },
	who: "admin",
	reads: true,
	local: true,
	input: Type.Object({}),
	run: async ({ tables }) => {
		const names = await namesOf(tables);
		const projects = await tables.projects.heads();
		return projects.map((project) => ({
			...projectRow(project),
			u_name: names.get(project.u_id) ?? null,
		}));
	},
});

/** Names of people by id. */
async function namesOf({ people }: Call["tables"]): Promise<ReadonlyMap<number, string>> {
	return new Map((await people.list()).map(({ id, name }) => [id, name]));
}

/** @throws Refusal 404: there is none, or it is another owner's than said. */
async function anyProject(
	{ tables }: Call,
	{ p_id, u_id }: { readonly p_id: number; readonly u_id?: number },
): Promise<ProjectHead> {
	const [project] = await tables.projects.heads({ p_id });
	const isMeant = project !== undefined && (u_id === undefined || u_id === project.u_id);
	return isMeant ? project : notFound(`project id ${p_id}`);
}

const stopProject = operation({
	name: "admin_project_stop",
	rest: { method: "POST", path: "/admin/project/stop" },
	who: "admin",
	reads: false,
	input: Project,
	run: async (call, input) => {
		const head = await anyProject(call, input);
		if (head.status === "on") {
			const project = (await call.tables.projects.find(head.p_id)) ?? unreadable(head);
			await changeProject(call, project, [{ kind: "set_status", status: "off" }]);
		}
		return { p_id: input.p_id };
	},
});

const deleteProject = operation({
	name: "admin_project_delete",
	rest: { method: "POST", path: "/admin/project/delete" },
	who: "admin",
	reads: false,
	input: Project,
	run: async (call, input) => {
		await anyProject(call, input);
		await removeProject(call, input.p_id);
		return { p_id: input.p_id };
	},
});

const getDevices = operation({
	name: "admin_device_list",
	rest: { method: "GET", path: "/admin/device", as: "data" },
	who: "admin",
	reads: true,
	input: Type.Object({}),
	run: async ({ tables }) => {
		const names = await namesOf(tables);
		const models = await tables.models.list();
		const ids = new Map(models.map(({ dm_name, dm_id }) => [dm_name, dm_id]));
		const holders = new Map<string, string[]>();
		for (const { blocks, p_name, u_id } of await tables.projects.list()) {
			const macs = new Set(
				blocks.flatMap(({ bindings }) => bindings.map(({ mac_addr }) => mac_addr)),
			);
			const shown = `${p_name} (${names.get(u_id) ?? u_id})`;
			for (const mac of macs) holders.set(mac, [...(holders.get(mac) ?? []), shown]);
		}
		return (await tables.devices.list()).map((device) => ({
			...device,
			dm_id: ids.get(device.dm_name) ?? null,
			projects: holders.get(device.mac_addr) ?? [],
		}));
	},
});

const unbindDevice = operation({
	name: "admin_device_unbind",
	rest: { method: "POST", path: "/admin/device/unbind" },
	who: "admin",
	reads: false,
	input: Type.Object({ d_id: IdSchema }),
	run: async (call, { d_id }) => {
		const device = await call.tables.devices.get(d_id);
		if (device === undefined) return notFound(`Device id ${d_id}`);
		const { projects } = call.tables;
		const { mac_addr: ref } = device;
		for (const p_id of await projects.mentioning({ kind: "mac", ref })) {
			const [project] = await projects.list({ p_id });
			if (project === undefined) continue;
			const bound = project.blocks.filter(({ bindings }) =>
				bindings.some(({ mac_addr }) => mac_addr === device.mac_addr),
			);
			const changes = bound.map(({ do_id }) => ({ kind: "unbind", do_id }) as const);
			await changeProject(call, project, changes);
		}
		return { d_id };
	},
});

export const adminOperations = [
	getUsers,
	setPassword,
	switchAdmin,
	deleteUser,
	getProjects,
	stopProject,
	deleteProject,
	getDevices,
	unbindDevice,
] as const;
