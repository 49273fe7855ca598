import { Type } from "@sinclair/typebox";
import { IdSchema, NameSchema } from "../../contract/mod.ts";
import { badRequest, Refusal } from "../projects/refusal.ts";
import type { FunctionRecord, FunctionVersion } from "../store/port.ts";
import { mayChange, maySee } from "./access.ts";
import { functionFor, PROTECTED } from "./function-for.ts";
import {
	addOffer,
	getFeatureFunctions,
	getJoinFunctions,
	offer,
	removeOffer,
} from "./function-offers.ts";
import { FnId } from "./inputs.ts";
import { type Call, operation } from "./operation.ts";
import { checkFunctionName, newFunction, putVersion } from "./put-version.ts";
import { functionItem } from "./shapes.ts";
import { isFunctionUsed } from "./uses.ts";

/** Longest source, characters. */
const MAX_CODE_LENGTH = 1_000_000;
export const Code = Type.String({ minLength: 1, maxLength: MAX_CODE_LENGTH });

const createFunction = operation({
	name: "create_function",
	rest: { method: "PUT", path: "/function", status: 201 },
	who: "teacher",
	reads: false,
	input: Type.Object({ fn_name: NameSchema, code: Code, df_id: Type.Optional(FnId) }),
	sources: ({ code }) => [code],
	run: async (call, { fn_name, code, df_id }) => {
		checkFunctionName(fn_name);
		const { tables, person } = call;
		const named = await tables.functions.list({ fn_name });
		if (named.some(({ is_protect }) => is_protect)) badRequest(PROTECTED, "fn_name");
		const { u_id } = person;
		const own = named.find((fn) => fn.u_id === u_id);
		const known = own ?? named.find((fn) => fn.u_id === null && mayChange(person, fn));
		const result = await putVersion(call, known ?? newFunction(call, fn_name), code);
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
		if (await isFunctionUsed(tables, fn_id)) {
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

function versionInfo({ fn_name }: FunctionRecord, { fnvt_idx, code, date }: FunctionVersion) {
	return { name: fn_name, fnvt_idx, code, date };
}

/** @throws Refusal 404 */
async function versionWith({ person, tables }: Call, fnvtIdx: number) {
	for (const fn of await tables.functions.list()) {
		const version = fn.versions.find(({ fnvt_idx }) => fnvt_idx === fnvtIdx);
		if (version !== undefined && maySee(person, fn)) return versionInfo(fn, version);
	}
	throw new Refusal(404, "Function version not find by fnvt_idx.");
}

const getFunction = operation({
	name: "get_function_info",
	rest: { method: "GET", path: "/function/:fn_id", as: "data" },
	who: "student",
	reads: true,
	/** Pages name a function or a version (`ccm-gui.md §5`). */
	input: Type.Object({ fn_id: Type.Optional(IdSchema), fnvt_idx: Type.Optional(IdSchema) }),
	run: async (call, { fn_id, fnvt_idx }) => {
		if (fnvt_idx !== undefined) return versionWith(call, fnvt_idx);
		if (fn_id === undefined) {
			return badRequest("one of the fields `fn_id` and `fnvt_idx` is required", "fn_id");
		}
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
	run: (call, { fnvt_idx }) => versionWith(call, fnvt_idx),
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
