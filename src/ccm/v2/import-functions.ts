import { Value } from "@sinclair/typebox/value";
import { NameSchema } from "../../contract/mod.ts";
import type { CcmTables, FunctionRecord, FunctionVersion } from "../store/port.ts";
import type { V2People } from "./import-people.ts";
import type { V2Report } from "./v2-report.ts";
import type { V2Data } from "./v2-tables.ts";

type Versions = V2Data["FunctionVersion"];

/** Functions of the file by their id there. */
export interface V2Functions {
	/**
	 * What a function is to a person.
	 * @param fnId In the file. @param owner Id of a person here; null: the system.
	 * @returns its id here; undefined: there is none that is theirs.
	 */
	idFor(fnId: number, owner: number | null): number | undefined;
	/** Its name in the file. */
	nameOf(fnId: number): string | undefined;
}

/**
 * Adds the functions of a file. There a name is one function with versions of several people; here each of them has a
 * function of their own, with the general versions they saw, and the system has one of the general versions.
 * @param now ISO 8601, UTC.
 */
export async function importFunctions(
	tables: CcmTables,
	data: Pick<V2Data, "Function" | "FunctionVersion">,
	people: V2People,
	now: string,
	report: V2Report,
): Promise<V2Functions> {
	const versions = Map.groupBy(data.FunctionVersion, ({ fn_id }) => fn_id);
	const known = new Map((await tables.functions.list()).map((fn) => [keyOf(fn), fn]));
	const names = new Map(data.Function.map(({ fn_id, fn_name }) => [fn_id, fn_name]));
	/** Id here, by id in the file and owner here. */
	const ids = new Map<string, number>();
	for (const fn of data.Function) {
		const all = versions.get(fn.fn_id) ?? [];
		const shown = `function ${JSON.stringify(fn.fn_name)}`;
		if (!Value.Check(NameSchema, fn.fn_name)) {
			report.left(`${shown} (${fn.fn_id})`, "a name has 1 to 200 characters");
			continue;
		}
		if (all.length === 0) report.left(shown, "it has no code");
		for (const writer of new Set(all.map(({ u_id }) => u_id))) {
			const person = writer === null ? undefined : people.get(writer);
			if (writer !== null && person?.id === undefined) {
				const why = person === undefined ? "there is no such account" : person.why;
				report.left(`${shown} of ${person?.name ?? `account ${writer}`}`, why);
				continue;
			}
			const u_id = person?.id ?? null;
			const before = known.get(keyOf({ fn_name: fn.fn_name, u_id }));
			const record =
				before ?? recordOf(tables, fn, u_id, versionsOf(tables, all, writer, u_id, now));
			if (before === undefined) {
				await tables.functions.put(record);
				report.added("functions");
			} else {
				report.there("functions");
				const newest = all.findLast((one) => one.u_id === null || one.u_id === writer)?.code;
				if (before.versions.every(({ code }) => code !== newest)) {
					report.left(shown, "there is one of this name here with other code, which stays");
				}
			}
			ids.set(`${fn.fn_id} ${u_id}`, record.fn_id);
		}
	}
	return {
		idFor: (fnId, owner) => ids.get(`${fnId} ${owner}`) ?? ids.get(`${fnId} ${null}`),
		nameOf: (fnId) => names.get(fnId),
	};
}

function keyOf({ fn_name, u_id }: Pick<FunctionRecord, "fn_name" | "u_id">): string {
	return `${u_id} ${fn_name}`;
}

function recordOf(
	tables: CcmTables,
	{ fn_name, is_protect }: V2Data["Function"][number],
	u_id: number | null,
	versions: readonly FunctionVersion[],
): FunctionRecord {
	const isProtected = Boolean(is_protect) && u_id === null;
	return {
		fn_id: tables.newId("fn"),
		fn_name,
		u_id,
		is_protect: isProtected,
		pinned: [],
		versions,
	};
}

/** What a person saw of a function, the oldest first: the highest number was in force (`ccm-gui.md §2`). */
function versionsOf(
	tables: CcmTables,
	all: Versions,
	writer: number | null,
	u_id: number | null,
	now: string,
): FunctionVersion[] {
	const seen = all.filter((one) => one.u_id === null || one.u_id === writer);
	return seen.map(({ date, code, u_id: by }) => ({
		fnvt_idx: tables.newId("fnvt"),
		u_id: by === null ? null : u_id,
		date: /^\d{4}-\d\d-\d\d$/.test(date) ? `${date}T00:00:00.000Z` : now,
		code,
	}));
}
