import { NO_PASSWORD, plainName, problemWithName } from "../../auth/mod.ts";
import type { CcmTables } from "../store/port.ts";
import type { V2Report } from "./v2-report.ts";
import type { V2Data } from "./v2-tables.ts";

/** A person here, or why there is none. */
export type V2Person =
	| { readonly id: number; readonly name: string }
	| { readonly id: undefined; readonly name: string; readonly why: string };

/** People of the file by their id there. */
export type V2People = ReadonlyMap<number, V2Person>;

/**
 * Adds the people of a file, who cannot log in before they get a password. Those that have an account of the name are
 * them, and stay as they are.
 * @param now Milliseconds since 1970.
 */
export async function importPeople(
	{ people }: CcmTables,
	{ User }: Pick<V2Data, "User">,
	now: number,
	report: V2Report,
): Promise<V2People> {
	const known = new Map((await people.list()).map(({ name, id }) => [name, id]));
	const seen = new Set<string>();
	const found = new Map<number, V2Person>();
	for (const { u_id, u_name, is_admin, is_deleted, created_at } of User) {
		const name = plainName(u_name);
		const why = is_deleted ? "the account was deleted" : problemOf(u_name, seen.has(name));
		if (why !== undefined) {
			report.left(`account ${JSON.stringify(u_name)} (${u_id})`, why);
			found.set(u_id, { id: undefined, name: u_name, why });
			continue;
		}
		seen.add(name);
		const id = known.get(name);
		if (id !== undefined) {
			report.there("people");
			found.set(u_id, { id, name });
			continue;
		}
		const createdAt = secondsOf(created_at) ?? now / 1000;
		const role = is_admin ? "admin" : "teacher";
		const made = await people.create({ name, hash: NO_PASSWORD, role, createdAt });
		await people.setActive(made.id, false);
		report.added("people");
		found.set(u_id, { id: made.id, name });
	}
	return found;
}

function problemOf(name: string, isTwin: boolean): string | undefined {
	return isTwin ? "there is another account of this name" : problemWithName(name);
}

/** A time as the original writes it, in UTC: `2026-11-25 13:37:11.192264`. @returns Unix time, seconds. */
export function secondsOf(written: string | null): number | undefined {
	const time = Date.parse(`${(written ?? "").replace(" ", "T").replace(/(\.\d{3})\d*$/, "$1")}Z`);
	return Number.isNaN(time) ? undefined : time / 1000;
}
