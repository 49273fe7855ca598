import { AccessError, type RouteContext } from "../../http/mod.ts";
import { Refusal } from "../projects/refusal.ts";
import type { Person } from "../service/operation.ts";

/** Who asks; null: no one is logged in. */
export function personOf(context: RouteContext): Person | null {
	const account = context.account();
	if (account === undefined) return null;
	const { id: u_id, name: u_name, role } = account;
	return { u_id, u_name, role };
}

/** @throws Refusal 401: no one is logged in. */
export function needPerson(context: RouteContext): Person {
	const person = personOf(context);
	if (person === null) throw new Refusal(401, "please login first");
	return person;
}

/**
 * Begins a session. @returns who it is for, and `Set-Cookie`.
 * @throws Refusal 401: wrong name or password; AccessError 429 after too many failures.
 */
export async function logIn(
	context: RouteContext,
	name: string,
	password: string,
): Promise<{ readonly id: number; readonly cookie: string }> {
	const logins = context.logins();
	const verified = await logins.verify(name, password);
	if (verified.kind === "refused") throw new Refusal(401, "invalid username or password");
	if (verified.kind === "slow") {
		const seconds = Math.ceil(verified.waitMs / 1000);
		throw new AccessError(429, `too many failed logins: wait ${seconds} s`, seconds);
	}
	return { id: verified.account.id, cookie: await logins.open(verified.account) };
}
