import { Type } from "@sinclair/typebox";
import { IdSchema, NameSchema } from "../../contract/mod.ts";
import { badRequest, Refusal } from "../projects/refusal.ts";
import type { FunctionRecord, FunctionVersion } from "../store/port.ts";
import { mayChange, maySee } from "./access.ts";
import { FnId } from "./inputs.ts";
import { type Call, operation } from "./operation.ts";
import { functionItem } from "./shapes.ts";
import { projectsUsing } from "./uses.ts";

/** Longest source, characters. */
const MAX_CODE_LENGTH = 1_000_000;
const PROTECTED = "This function is a const function of the system and cannot be modified.";
const Code = Type.String({ minLength: 1, maxLength: MAX_CODE_LENGTH });

/** @throws Refusal 404: there is none, or it is not for this person. */
async function functionFor(
	{ person, tables }: Call,
	fnId: number,
	wish: "look" | "change",
): Promise<FunctionRecord> {
	const fn = await tables.functions.get(fnId);
	if (fn === undefined || !maySee(person, fn)) throw new Refusal(404, "Function id not find.");
	if (wish === "look") return fn;
	if (fn.is_protect) badRequest(PROTECTED);
	if (!mayChange(person, fn)) throw new Refusal(404, "Function id not find.");
	return fn;
}

/** Adds a version, or rewrites one, and has projects with the function reconciled. */
async function putVersion(
	call: Call,
	fn: Omit<FunctionRecord, "versions"> & { readonly versions: readonly FunctionVersion[] },
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
	for (const { p_id } of await projectsUsing(tables, fn.fn_id)) changed(p_id);
	return { fn_id: fn.fn_id, fnvt_idx };
}

async function offer(call: Call, fn_id: number, df_id: number | null): Promise<void> {
	const { tables, person } = call;
	if (df_id !== null && (await tables.features.get(df_id)) === undefined) {
		throw new Refusal(404, `Device Feature id ${df_id} not found`);
	}
	await tables.favourites.add({ fn_id, df_id, u_id: person.u_id });
}

const createFunction = operation({
	name: "create_function",
	rest: { method: "PUT", path: "/function", status: 201 },
	who: "teacher",
	reads: false,
	input: Type.Object({ fn_name: NameSchema, code: Code, df_id: Type.Optional(FnId) }),
	sources: ({ code }) => [code],
	run: async (call, { fn_name, code, df_id }) => {
		if (!/^\p{L}/u.test(fn_name))
			badRequest("field `fn_name` should begin with a letter", "fn_name");
		const { tables, person } = call;
		const named = await tables.functions.list({ fn_name });
		if (named.some(({ is_protect }) => is_protect)) badRequest(PROTECTED, "fn_name");
		const { u_id } = person;
		const own = named.find((fn) => fn.u_id === u_id);
		const known = own ?? named.find((fn) => fn.u_id === null && mayChange(person, fn));
		const fresh = () => ({ fn_id: tables.newId("fn"), fn_name, u_id, is_protect: false });
		const result = await putVersion(call, known ?? { ...fresh(), versions: [] }, code);
		if (typeof df_id === "number") await offer(call, result.fn_id, df_id);
		return result;
	},
});

const updateFunction = operation({
	name: "update_function",
	rest: { method: "POST", path: "/function/:fn_id" },
	who: "teacher",
	reads: false,
	input: Type.Object({
		fn_id: IdSchema,
		code: Code,
		df_id: Type.Optional(FnId),
		fnvt_idx: Type.Optional(IdSchema),
	}),
	sources: ({ code }) => [code],
	run: async (call, { fn_id, code, df_id, fnvt_idx }) => {
		const fn = await functionFor(call, fn_id, "change");
		const result = await putVersion(call, fn, code, fnvt_idx);
		if (typeof df_id === "number") await offer(call, fn_id, df_id);
		return result;
	},
});

const deleteFunction = operation({
	name: "delete_function",
	rest: { method: "DELETE", path: "/function/:fn_id" },
	who: "teacher",
	reads: false,
	input: Type.Object({ fn_id: IdSchema }),
	run: async (call, { fn_id }) => {
		const { tables } = call;
		await functionFor(call, fn_id, "change");
		const models = await tables.models.list();
		const isInModel = models.some(({ members }) =>
			members.some(({ params }) => params.some((param) => param.fn_id === fn_id)),
		);
		if (isInModel || (await projectsUsing(tables, fn_id)).length > 0) {
			badRequest("This function is used, can not delete.");
		}
		await tables.functions.remove(fn_id);
		await tables.favourites.remove({ fn_id });
		return { fn_id };
	},
});

const getFunctions = operation({
	name: "get_function_list",
	rest: { method: "GET", path: "/function" },
	who: "student",
	reads: true,
	input: Type.Object({}),
	run: async ({ person, tables }) => ({
		fn_list: (await tables.functions.list()).filter((fn) => maySee(person, fn)).map(functionItem),
	}),
});

/** Functions that are offered for a feature, or (null) for joins. */
async function offered({ person, tables }: Call, df_id: number | null) {
	const favourites = await tables.favourites.list({ df_id });
	const ids = new Set(
		favourites
			.filter(({ u_id }) => u_id === null || u_id === person.u_id)
			.map(({ fn_id }) => fn_id),
	);
	const functions = (await tables.functions.list()).filter((fn) => maySee(person, fn));
	return { fn_list: functions.filter(({ fn_id }) => ids.has(fn_id)).map(functionItem) };
}

const getFeatureFunctions = operation({
	name: "get_device_feature_function_list",
	rest: { method: "GET", path: "/function/devicefeature/:df_id" },
	who: "student",
	reads: true,
	input: Type.Object({ df_id: IdSchema }),
	run: (call, { df_id }) => offered(call, df_id),
});

const getJoinFunctions = operation({
	name: "get_na_function_list",
	rest: { method: "GET", path: "/function/networkapplication" },
	who: "student",
	reads: true,
	input: Type.Object({}),
	run: (call) => offered(call, null),
});

function versionInfo({ fn_name }: FunctionRecord, { fnvt_idx, code, date }: FunctionVersion) {
	return { name: fn_name, fnvt_idx, code, date };
}

const getFunction = operation({
	name: "get_function_info",
	rest: { method: "GET", path: "/function/:fn_id", as: "data" },
	who: "student",
	reads: true,
	input: Type.Object({ fn_id: IdSchema }),
	run: async (call, { fn_id }) => {
		const fn = await functionFor(call, fn_id, "look");
		const newest = fn.versions.at(-1);
		if (newest === undefined) throw new Refusal(404, "Function version not find by fn_id.");
		return versionInfo(fn, newest);
	},
});

const getVersion = operation({
	name: "get_function_version_info",
	rest: { method: "GET", path: "/function/version/:fnvt_idx", as: "data" },
	who: "student",
	reads: true,
	input: Type.Object({ fnvt_idx: IdSchema }),
	run: async ({ person, tables }, { fnvt_idx }) => {
		for (const fn of await tables.functions.list()) {
			const version = fn.versions.find((one) => one.fnvt_idx === fnvt_idx);
			if (version !== undefined && maySee(person, fn)) return versionInfo(fn, version);
		}
		throw new Refusal(404, "Function version not find by fnvt_idx.");
	},
});

const getVersions = operation({
	name: "get_function_version_list",
	rest: { method: "GET", path: "/function/:fn_id/a" },
	who: "student",
	reads: true,
	input: Type.Object({ fn_id: IdSchema }),
	run: async (call, { fn_id }) => {
		const fn = await functionFor(call, fn_id, "look");
		return { fnvt_list: fn.versions.map((version) => versionInfo(fn, version)) };
	},
});

const Sdf = { fn_id: IdSchema };

const addOffer = (name: string, path: string, hasFeature: boolean) =>
	operation({
		name,
		rest: { method: "PUT", path, status: 201, as: "data" },
		who: "teacher",
		reads: false,
		input: Type.Object(hasFeature ? { ...Sdf, df_id: FnId } : Sdf),
		run: async (call, input: { fn_id: number; df_id?: number | null }) => {
			const { fn_id, df_id = null } = input;
			await functionFor(call, fn_id, "look");
			await offer(call, fn_id, df_id);
			return { fn_id, df_id };
		},
	});

const removeOffer = (name: string, path: string, hasFeature: boolean) =>
	operation({
		name,
		rest: { method: "DELETE", path, as: "data" },
		who: "teacher",
		reads: false,
		input: Type.Object(hasFeature ? { ...Sdf, df_id: FnId } : Sdf),
		run: async (call, input: { fn_id: number; df_id?: number | null }) => {
			const { fn_id, df_id = null } = input;
			const { tables, person } = call;
			await functionFor(call, fn_id, "look");
			await tables.favourites.remove({ fn_id, df_id, u_id: person.u_id });
			if (person.role === "admin") await tables.favourites.remove({ fn_id, df_id, u_id: null });
			return { fn_id, df_id };
		},
	});

export const functionOperations = [
	createFunction,
	updateFunction,
	deleteFunction,
	getFunctions,
	getFeatureFunctions,
	getJoinFunctions,
	getFunction,
	getVersion,
	getVersions,
	addOffer("create_functionSDF", "/function/:fn_id/SDF/:df_id", true),
	addOffer("create_join_functionSDF", "/function/:fn_id/SDF", false),
	removeOffer("delete_functionSDF", "/function/:fn_id/SDF/:df_id", true),
	removeOffer("delete_join_functionSDF", "/function/:fn_id/SDF", false),
] as const;
