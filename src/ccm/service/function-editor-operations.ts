// Functions as an editor works on them: nothing is overwritten unseen (REST v1).
import { Type } from "@sinclair/typebox";
import { IdSchema, NameSchema, PinnedListSchema } from "../../contract/mod.ts";
import { checkPinned } from "../projects/pinned.ts";
import { Conflict, Refusal } from "../projects/refusal.ts";
import { mayChange, maySee } from "./access.ts";
import { functionFor, PROTECTED } from "./function-for.ts";
import { offer } from "./function-offers.ts";
import { Code } from "./function-operations.ts";
import {
	functionListed,
	functionUses,
	functionView,
	namesOf,
	newestOf,
	usesOfFunctions,
} from "./function-views.ts";
import { FnId } from "./inputs.ts";
import { operation } from "./operation.ts";
import { checkFunctionName, newFunction, putVersion } from "./put-version.ts";

const Fn = Type.Object({ fn_id: IdSchema });
const Pinned = Type.Optional(PinnedListSchema);

const list = operation({
	name: "list_functions",
	who: "student",
	reads: true,
	input: Type.Object({}),
	run: async (call) => {
		const functions = (await call.tables.functions.list()).filter(
			(fn) => maySee(call.person, fn) && fn.versions.length > 0,
		);
		const nameOf = await namesOf(call);
		const uses = await usesOfFunctions(
			call,
			functions.map(({ fn_id }) => fn_id),
		);
		return {
			functions: functions.map((fn) => functionListed(call, fn, nameOf, uses.get(fn.fn_id) ?? 0)),
		};
	},
});

const show = operation({
	name: "show_function",
	who: "student",
	reads: true,
	input: Fn,
	run: async (call, { fn_id }) => functionView(call, await functionFor(call, fn_id, "look")),
});

const showUses = operation({
	name: "show_function_uses",
	who: "student",
	reads: true,
	input: Fn,
	run: async (call, { fn_id }) => {
		await functionFor(call, fn_id, "look");
		return functionUses(call, fn_id);
	},
});

const add = operation({
	name: "add_function",
	who: "teacher",
	reads: false,
	input: Type.Object({
		fn_name: NameSchema,
		code: Code,
		pinned: Pinned,
		/** The feature it is offered for; null: joins. */
		df_id: Type.Optional(FnId),
	}),
	sources: ({ code }) => [code],
	run: async (call, { fn_name, code, pinned = [], df_id }) => {
		checkFunctionName(fn_name);
		checkPinned(pinned);
		const { person, tables } = call;
		const named = await tables.functions.list({ fn_name });
		if (named.some(({ is_protect }) => is_protect)) throw new Refusal(409, PROTECTED, "fn_name");
		const isTaken = named.some(
			(fn) => fn.u_id === person.u_id || (fn.u_id === null && mayChange(person, fn)),
		);
		if (isTaken) throw new Refusal(409, `function "${fn_name}" already exists`, "fn_name");
		const result = await putVersion(call, { ...newFunction(call, fn_name), pinned }, code);
		if (df_id !== undefined) await offer(call, result.fn_id, df_id);
		return result;
	},
});

const save = operation({
	name: "save_function",
	who: "teacher",
	reads: false,
	input: Type.Object({
		fn_id: IdSchema,
		code: Code,
		pinned: Pinned,
		/** The version the change was made on. */
		base: Type.Optional(IdSchema),
	}),
	sources: ({ code }) => [code],
	run: async (call, { fn_id, code, pinned, base }) => {
		const fn = await functionFor(call, fn_id, "change");
		const newest = newestOf(fn);
		if (base !== undefined && base !== newest.fnvt_idx) {
			const nameOf = await namesOf(call);
			const { fnvt_idx, date, u_id } = newest;
			throw new Conflict("the function has been changed since", {
				newest: { fnvt_idx, date, by: nameOf(u_id), code: newest.code },
			});
		}
		if (pinned !== undefined) checkPinned(pinned);
		const record = { ...fn, pinned: pinned ?? fn.pinned };
		if (code !== newest.code) return putVersion(call, record, code);
		await call.tables.functions.put(record);
		return { fn_id, fnvt_idx: newest.fnvt_idx };
	},
});

export const functionEditorOperations = [list, show, showUses, add, save] as const;
