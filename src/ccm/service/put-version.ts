import { badRequest } from "../projects/refusal.ts";
import type { FunctionRecord } from "../store/port.ts";
import type { Call } from "./operation.ts";

/**
 * Adds a version of a function, or rewrites one, and has projects with the function reconciled.
 * @param fn As it is, or without versions where it is new.
 * @throws Refusal 400: there is no version to rewrite.
 */
export async function putVersion(
	call: Call,
	fn: FunctionRecord,
	code: string,
	rewrites?: number,
): Promise<{ fn_id: number; fnvt_idx: number }> {
	const { tables, person, now, changed } = call;
	if (rewrites !== undefined && fn.versions.every(({ fnvt_idx }) => fnvt_idx !== rewrites)) {
		badRequest("Function version not find by fnvt_idx.", "fnvt_idx");
	}
	const fnvt_idx = rewrites ?? tables.newId("fnvt");
	const version = { fnvt_idx, u_id: fn.u_id === null ? null : person.u_id, date: now, code };
	const versions =
		rewrites === undefined
			? [...fn.versions, version]
			: fn.versions.map((one) => (one.fnvt_idx === rewrites ? version : one));
	await tables.functions.put({ ...fn, versions });
	const users = await tables.projects.mentioning({ kind: "fn", ref: fn.fn_id });
	for (const pId of users) changed(pId);
	return { fn_id: fn.fn_id, fnvt_idx };
}

/** A function of the person that is not kept yet. */
export function newFunction({ tables, person }: Call, fn_name: string): FunctionRecord {
	const fn_id = tables.newId("fn");
	return { fn_id, fn_name, u_id: person.u_id, is_protect: false, pinned: [], versions: [] };
}

/** @throws Refusal 400 */
export function checkFunctionName(fn_name: string): void {
	if (/^\p{L}/u.test(fn_name)) return;
	badRequest("field `fn_name` should begin with a letter", "fn_name");
}
