// Persons that an operation names.
import { LOCAL_ACCOUNT, plainName } from "../../auth/mod.ts";
import type { UserRecord } from "../../store/mod.ts";
import { badRequest, notFound, Refusal } from "../projects/refusal.ts";
import type { Call, Person } from "./operation.ts";

/** @throws Refusal 404 */
export async function personMeant(
	{ tables }: Pick<Call, "tables">,
	idOrName: number | string,
): Promise<UserRecord> {
	const found =
		typeof idOrName === "number"
			? await tables.people.byId(idOrName)
			: await tables.people.byName(plainName(idOrName));
	return found ?? notFound(`user ${idOrName}`);
}

/**
 * Whose a new project is to be: of the person who asks, or of whom an administrator names.
 * @throws Refusal 400: the command line names no one, or the one named is a student; 403: others name someone else; 404.
 */
export async function ownerFor(call: Call, named: number | string | undefined): Promise<Person> {
	const { person } = call;
	if (named === undefined) {
		if (person.u_id !== LOCAL_ACCOUNT.id) return person;
		return badRequest("field `owner` is required: the command line has no account", "owner");
	}
	if (person.role !== "admin") {
		if (named === person.u_id || named === person.u_name) return person;
		throw new Refusal(403, "You are not administrator.");
	}
	const { id: u_id, name: u_name, role } = await personMeant(call, named);
	if (role !== "student") return { u_id, u_name, role };
	return badRequest(
		`${u_name} is a student: projects belong to teachers and administrators`,
		"owner",
	);
}
