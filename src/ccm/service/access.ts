// Who may see and change what, in one place. What a person may not see is "not found", as what does not exist.
import { LOCAL_ACCOUNT } from "../../auth/mod.ts";
import type { ProjectDocument } from "../../contract/mod.ts";
import { notFound, Refusal, Unreadable } from "../projects/refusal.ts";
import type { FunctionRecord, IdKind, Owned, ProjectHead } from "../store/port.ts";
import { UnreadableRowError } from "../store/unreadable-row.ts";
import type { AnyOperation, Call, Person, Role } from "./operation.ts";

const RANKS: Readonly<Record<Role, number>> = { student: 0, teacher: 1, admin: 2 };

/** What a person wants to do with a project. */
export type Wish = "look" | "edit" | "own";

/** @throws Refusal 401 or 403: an operation is not for this kind of person. */
export function checkRole(person: Person | null, least: Role): asserts person is Person {
	if (person === null) throw new Refusal(401, "please login first");
	if (RANKS[person.role] >= RANKS[least]) return;
	throw new Refusal(
		403,
		least === "admin" ? "You are not administrator." : "Students cannot do this.",
	);
}

/** @throws Refusal 403: the command line asks for what needs an account. */
export function checkAccount({ u_id }: Person, { local }: Pick<AnyOperation, "local">): void {
	if (u_id !== LOCAL_ACCOUNT.id || local) return;
	throw new Refusal(403, "this needs an account: log in as a person");
}

/**
 * A project by its id, or by its name among a person's own.
 * @throws Refusal 404: there is none, or it is not for this person; 500: it cannot be read.
 */
export async function projectFor(
	{ person, tables }: Pick<Call, "person" | "tables">,
	idOrName: number | string,
	wish: Wish,
	what = `project id ${idOrName}`,
): Promise<ProjectDocument> {
	const call = { person, tables };
	if (typeof idOrName === "number") return documentFor(call, idOrName, wish, what);
	const [head] = await tables.projects.heads({ u_id: person.u_id, p_name: idOrName });
	return documentFor(call, head?.p_id, wish, what);
}

/**
 * A project without its document, also one whose document cannot be read.
 * @throws Refusal 404: there is none, or it is not for this person.
 */
export async function projectHeadFor(
	call: Pick<Call, "person" | "tables">,
	p_id: number,
	wish: Wish,
	what = `project id ${p_id}`,
): Promise<ProjectHead> {
	const [head] = await call.tables.projects.heads({ p_id });
	return allowed(call, head, wish, what);
}

/** @throws Unreadable: a project that the caller may see cannot be read. */
export function unreadable({ p_id, p_name }: Pick<ProjectHead, "p_id" | "p_name">): never {
	throw new Unreadable(
		`project ${p_id} (${p_name}) cannot be read in the database: delete it, or have a backup restored`,
	);
}

/** @throws Refusal 404, or 500: it cannot be read. */
async function documentFor(
	call: Pick<Call, "person" | "tables">,
	p_id: number | undefined,
	wish: Wish,
	what: string,
): Promise<ProjectDocument> {
	if (p_id === undefined) return notFound(what);
	try {
		return await allowed(call, await call.tables.projects.get(p_id), wish, what);
	} catch (error) {
		if (!(error instanceof UnreadableRowError)) throw error;
		return unreadable(await projectHeadFor(call, p_id, wish, what));
	}
}

/**
 * The project that has a device object, feature object or join; where its id is given too, that one.
 * @throws Refusal 404, or 500: it cannot be read.
 */
export async function projectWith(
	{ person, tables }: Pick<Call, "person" | "tables">,
	part: { readonly kind: IdKind; readonly id: number; readonly p_id?: number },
	wish: Wish,
	what: string,
): Promise<ProjectDocument> {
	const [holder] = await tables.projects.mentioning({ kind: part.kind, ref: part.id });
	const isOther = part.p_id !== undefined && holder !== part.p_id;
	return documentFor({ person, tables }, isOther ? undefined : holder, wish, what);
}

/** The most a person may do with a project; undefined: nothing. */
export async function rightOn(
	{ person, tables }: Pick<Call, "person" | "tables">,
	{ p_id, u_id }: Pick<ProjectDocument, "p_id" | "u_id">,
): Promise<Wish | undefined> {
	if (person.role === "admin" || u_id === person.u_id) return "own";
	const [member] = await tables.members.list({ p_id, u_id: person.u_id });
	return member?.may;
}

const WISHES: readonly Wish[] = ["look", "edit", "own"];

async function allowed<P extends ProjectHead>(
	call: Pick<Call, "person" | "tables">,
	project: P | undefined,
	wish: Wish,
	what: string,
): Promise<P> {
	if (project === undefined) return notFound(what);
	const right = await rightOn(call, project);
	const isAllowed = right !== undefined && WISHES.indexOf(right) >= WISHES.indexOf(wish);
	return isAllowed ? project : notFound(what);
}

/** Whether a person may change something of the catalog: their own, or for admins all. */
export function mayChange(person: Person, { u_id }: Owned): boolean {
	return person.role === "admin" || (person.role === "teacher" && u_id === person.u_id);
}

/** Whether a person may use a function: the system's and their own, for admins all. */
export function maySee(person: Person, { u_id }: FunctionRecord): boolean {
	return person.role === "admin" || u_id === null || u_id === person.u_id;
}
