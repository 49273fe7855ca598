import type {
	CcmFunction,
	CcmFunctionItem,
	CcmFunctionUses,
	ProjectDocument,
} from "../../contract/mod.ts";
import { Refusal } from "../projects/refusal.ts";
import type { FunctionRecord } from "../store/port.ts";
import { mayChange, rightOn } from "./access.ts";
import type { Call } from "./operation.ts";

type PersonName = CcmFunctionItem["owner"];
type NameOf = (uId: number | null) => PersonName;

/** Names of people by id; null: the system, or someone who is gone. */
export async function namesOf({ tables }: Pick<Call, "tables">): Promise<NameOf> {
	const names = new Map((await tables.people.list()).map(({ id, name }) => [id, name]));
	return (u_id) => {
		const u_name = u_id === null ? undefined : names.get(u_id);
		return u_id === null || u_name === undefined ? null : { u_id, u_name };
	};
}

function headOf({ person }: Call, fn: FunctionRecord, nameOf: NameOf) {
	const { fn_id, fn_name, is_protect, u_id } = fn;
	const may_change = !is_protect && mayChange(person, fn);
	return { fn_id, fn_name, is_protect, owner: nameOf(u_id), may_change };
}

/** @param uses Things that have it. */
export function functionListed(
	call: Call,
	fn: FunctionRecord,
	nameOf: NameOf,
	uses: number,
): CcmFunctionItem {
	return { ...headOf(call, fn, nameOf), date: newestOf(fn).date, uses };
}

/** A function with its newest source. */
export async function functionView(call: Call, fn: FunctionRecord): Promise<CcmFunction> {
	const nameOf = await namesOf(call);
	const { code, fnvt_idx } = newestOf(fn);
	const versions = fn.versions.toReversed().map(({ fnvt_idx: idx, date, u_id }) => ({
		...{ fnvt_idx: idx, date, by: nameOf(u_id) },
	}));
	return { ...headOf(call, fn, nameOf), code, fnvt_idx, pinned: [...fn.pinned], versions };
}

/** The version in force. @throws Refusal 404: the function has none. */
export function newestOf({ versions }: FunctionRecord): FunctionRecord["versions"][number] {
	const newest = versions.at(-1);
	if (newest === undefined) throw new Refusal(404, "Function version not find by fn_id.");
	return newest;
}

/** How many projects, features and models have each function; those without are not in it. */
export async function usesOfFunctions({ tables }: Call, ids: readonly number[]) {
	const uses = new Map<number, number>();
	for (const id of ids) {
		const projects = await tables.projects.mentioning({ kind: "fn", ref: id });
		uses.set(id, projects.length);
	}
	const features = (await tables.features.list()).map(({ params }) => params);
	const models = (await tables.models.list()).map(({ members }) =>
		members.flatMap(({ params }) => params),
	);
	for (const params of [...features, ...models]) {
		for (const id of new Set(params.map(({ fn_id }) => fn_id))) {
			if (id !== null) uses.set(id, (uses.get(id) ?? 0) + 1);
		}
	}
	return uses;
}

/** Where a function is used; projects that the person may not see are only counted. */
export async function functionUses(call: Call, fnId: number): Promise<CcmFunctionUses> {
	const { tables } = call;
	const projects: CcmFunctionUses["projects"] = [];
	let hidden = 0;
	for (const pId of await tables.projects.mentioning({ kind: "fn", ref: fnId })) {
		const project = await tables.projects.find(pId);
		const right = project && (await rightOn(call, project));
		// One that cannot be read uses it as well.
		if (project === undefined || right === undefined) {
			hidden += 1;
			continue;
		}
		const { p_id, p_name } = project;
		projects.push({ p_id, p_name, joins: joinsWith(project, fnId) });
	}
	const has = (params: readonly { readonly fn_id: number | null }[]) =>
		params.some(({ fn_id }) => fn_id === fnId);
	const features = (await tables.features.list()).filter(({ params }) => has(params));
	const models = (await tables.models.list()).filter(({ members }) =>
		members.some(({ params }) => has(params)),
	);
	return {
		...{ projects, hidden },
		features: features.map(({ df_id, df_name }) => ({ df_id, df_name })),
		models: models.map(({ dm_id, dm_name }) => ({ dm_id, dm_name })),
	};
}

function joinsWith({ joins }: ProjectDocument, fnId: number) {
	return joins
		.filter(
			({ fn_id, links }) =>
				fn_id === fnId || links.some(({ params }) => params.some((one) => one.fn_id === fnId)),
		)
		.map(({ na_id, na_name }) => ({ na_id, na_name }));
}
