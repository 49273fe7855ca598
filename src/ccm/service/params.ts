import type { Static } from "@sinclair/typebox";
import type { Param } from "../store/port.ts";
import type { ParamInputs } from "./inputs.ts";

/** A parameter with what a client says of it. */
export function paramOf(base: Param, given: Static<typeof ParamInputs>[number] | undefined): Param {
	const { param_i: _, normalization = base.normalization, ...values } = given ?? {};
	return { ...base, ...values, normalization: Boolean(normalization) };
}
