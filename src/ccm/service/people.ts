// What several operations do with people.
import { plainName, problemWithName, problemWithPassword } from "../../auth/mod.ts";
import type { UserRecord } from "../../store/mod.ts";
import { badRequest, notFound } from "../projects/refusal.ts";
import type { CcmTables, FunctionRecord } from "../store/port.ts";
import type { Call, Role } from "./operation.ts";
import { isFunctionUsed } from "./uses.ts";

/** What is asked for a new account. */
export interface NewPerson {
	readonly username: string;
	readonly password: string;
	readonly role: Role;
}

/** Why there can be no such account, whichever accounts there are; undefined: there can be. */
export function problemWithPerson({ username, password, role }: NewPerson): string | undefined {
	return problemWithName(username) ?? problemWithPassword(password, role === "admin");
}

/** @throws Refusal 400: name or password are not allowed. */
export function checkPerson(person: NewPerson): void {
	const name = problemWithName(person.username);
	if (name !== undefined) badRequest(name, "username");
	checkPassword(person.password, person.role);
}

/** @throws Refusal 400 */
export function checkPassword(password: string, role: Role): void {
	const problem = problemWithPassword(password, role === "admin");
	if (problem !== undefined) badRequest(problem, "password");
}

/** Adds an account. @throws Refusal 400: there is one of that name. */
export async function addPerson(
	{ tables, now, peopleChanged }: Pick<Call, "tables" | "now" | "peopleChanged">,
	{ username, role }: Pick<NewPerson, "username" | "role">,
	hash: string,
): Promise<UserRecord> {
	const name = plainName(username);
	if ((await tables.people.byName(name)) !== undefined) {
		badRequest("username already exists", "username");
	}
	peopleChanged();
	return tables.people.create({ name, hash, role, createdAt: Date.parse(now) / 1000 });
}

/** @throws Refusal 404 */
export async function personWith(tables: CcmTables, id: number): Promise<UserRecord> {
	return (await tables.people.byId(id)) ?? notFound(`user id ${id}`);
}

/** @throws Refusal 400: no administrator who may log in would be left. */
export async function keepAnAdmin(tables: CcmTables, without: UserRecord): Promise<void> {
	if (without.role !== "admin") return;
	const others = (await tables.people.list()).filter(
		({ id, role, isActive }) => id !== without.id && role === "admin" && isActive,
	);
	if (others.length === 0) badRequest("this is the last administrator");
}

/** Removes a project with all that belongs to it. */
export async function removeProject({ tables, changed }: Removing, p_id: number): Promise<void> {
	await tables.projects.remove(p_id);
	await tables.members.remove({ p_id });
	await tables.undo.remove({ p_id });
	changed(p_id);
}

/**
 * Removes a person: their projects first, then what is theirs alone. Features, models and functions that others may use
 * are the system's from then on.
 * @throws Refusal 400: it is the last administrator.
 */
export async function removePerson(call: Call, user: UserRecord): Promise<void> {
	await keepAnAdmin(call.tables, user);
	await removeBelongings(call, user.id);
	await call.tables.people.remove(user.id);
	call.peopleChanged();
}

type Removing = Pick<Call, "tables" | "changed">;

async function removeBelongings(call: Removing, u_id: number): Promise<void> {
	const { tables } = call;
	for (const { p_id } of await tables.projects.heads({ u_id })) await removeProject(call, p_id);
	await tables.favourites.remove({ u_id });
	await tables.members.remove({ u_id });
	for (const fn of await tables.functions.list({ u_id })) await giveUp(tables, fn);
	for (const one of await tables.features.list({ u_id })) {
		await tables.features.put({ ...one, u_id: null });
	}
	for (const one of await tables.models.list({ u_id })) {
		await tables.models.put({ ...one, u_id: null });
	}
	for (const device of await tables.devices.list({ u_id })) {
		await tables.devices.put({ ...device, u_id: null });
	}
}

/** A function that nothing uses goes; of the others, each has a name of its own among those of the system. */
async function giveUp(tables: CcmTables, fn: FunctionRecord): Promise<void> {
	const { fn_id, fn_name, u_id } = fn;
	if (!(await isFunctionUsed(tables, fn_id))) {
		await tables.favourites.remove({ fn_id });
		await tables.functions.remove(fn_id);
		return;
	}
	const [twin] = await tables.functions.list({ u_id: null, fn_name });
	const name = twin === undefined ? fn_name : `${fn_name} #${u_id}`;
	await tables.functions.put({ ...fn, fn_name: name, u_id: null });
}

/** Removes what is left of people whom another program has removed, such as the command line. */
export async function removeLeftovers(call: Removing): Promise<void> {
	const { tables } = call;
	const there = new Set((await tables.people.list()).map(({ id }) => id));
	const owners = [
		...(await tables.projects.heads()),
		...(await tables.members.list()),
		...(await tables.favourites.list()),
		...(await tables.devices.list()),
		...(await tables.features.list()),
		...(await tables.models.list()),
		...(await tables.functions.list()),
	].flatMap(({ u_id }) => u_id ?? []);
	for (const u_id of new Set(owners)) if (!there.has(u_id)) await removeBelongings(call, u_id);
}
