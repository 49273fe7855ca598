import type { Static } from "@sinclair/typebox";
import type { Change } from "../../contract/mod.ts";
import { badRequest } from "../projects/refusal.ts";
import type { FunctionRecord, Owned, Param } from "../store/port.ts";
import { maySee } from "./access.ts";
import type { ParamInputs } from "./inputs.ts";
import type { Call } from "./operation.ts";

type ParamInput = Static<typeof ParamInputs>[number];

/** A parameter with what a client says of it. */
export function paramOf(base: Param, given: ParamInput | undefined): Param {
	const { param_i: _, normalization = base.normalization, ...values } = given ?? {};
	return { ...base, ...values, normalization: Boolean(normalization) };
}

/**
 * The change of a link's parameter to what a client says of it.
 * @param index Its place in the client's list, for a client that does not number it.
 */
export function paramChange(
	na_id: number,
	dfo_id: number,
	index: number,
	{ param_i = index, idf_type, fn_id, min, max, normalization }: ParamInput,
): Change {
	return {
		kind: "set_link_param",
		...{ na_id, dfo_id, param_i },
		...(idf_type !== undefined && { idf_type }),
		...(fn_id !== undefined && { fn_id }),
		...(min !== undefined && { min }),
		...(max !== undefined && { max }),
		...(normalization !== undefined && { normalization: Boolean(normalization) }),
	};
}

/** Functions for something with an owner: those the owner may use, and those of the person that changes it. */
export async function functionsFor(
	{ tables, person }: Call,
	{ u_id }: Owned,
): Promise<FunctionRecord[]> {
	return (await tables.functions.list()).filter((fn) => fn.u_id === u_id || maySee(person, fn));
}

/** @throws Refusal 400: a function is not among those of {@link functionsFor}. */
export async function checkFunctions(
	call: Call,
	thing: Owned,
	ids: readonly (number | null | undefined)[],
): Promise<void> {
	const wanted = ids.filter((id) => typeof id === "number");
	if (wanted.length === 0) return;
	const known = new Set((await functionsFor(call, thing)).map(({ fn_id }) => fn_id));
	if (wanted.some((id) => !known.has(id))) badRequest("Function id not find.", "fn_id");
}

/** @throws Refusal 400: a parameter of a feature or model has a function it may not have, or an unknown unit. */
export async function checkParams(
	call: Call,
	thing: Owned,
	params: readonly ParamInput[],
): Promise<void> {
	const ids = params.map(({ fn_id }) => fn_id);
	await checkFunctions(call, thing, ids);
	for (const { unit_id } of params) {
		if (unit_id === undefined || (await call.tables.units.get(unit_id)) !== undefined) continue;
		badRequest(`Unit id ${unit_id} not find.`, "unit_id");
	}
}
