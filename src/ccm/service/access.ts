// Who may see and change what, in one place. What a person may not see is "not found", as what does not exist.
import { LOCAL_ACCOUNT } from "../../auth/mod.ts";
import type { ProjectDocument } from "../../contract/mod.ts";
import { notFound, Refusal } from "../projects/refusal.ts";
import type { FunctionRecord, IdKind, Owned } from "../store/port.ts";
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
 * @throws Refusal 404: there is none, or it is not for this person.
 */
export async function projectFor(
	{ person, tables }: Pick<Call, "person" | "tables">,
	idOrName: number | string,
	wish: Wish,
	what = `project id ${idOrName}`,
): Promise<ProjectDocument> {
	const project =
		typeof idOrName === "number"
			? await tables.projects.get(idOrName)
			: (await tables.projects.list({ u_id: person.u_id, p_name: idOrName }))[0];
	return allowed({ person, tables }, project, wish, what);
}

/**
 * The project that has a device object, feature object or join; where its id is given too, that one.
 * @throws Refusal 404
 */
export async function projectWith(
	{ person, tables }: Pick<Call, "person" | "tables">,
	part: { readonly kind: IdKind; readonly id: number; readonly p_id?: number },
	wish: Wish,
	what: string,
): Promise<ProjectDocument> {
	const project = await tables.holderOf(part.kind, part.id);
	const isOther = part.p_id !== undefined && project?.p_id !== part.p_id;
	return allowed({ person, tables }, isOther ? undefined : project, wish, what);
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

async function allowed(
	call: Pick<Call, "person" | "tables">,
	project: ProjectDocument | undefined,
	wish: Wish,
	what: string,
): Promise<ProjectDocument> {
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
