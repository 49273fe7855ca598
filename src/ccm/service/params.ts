import type { Static } from "@sinclair/typebox";
import type { Param } from "../store/port.ts";
import type { ParamInputs } from "./inputs.ts";

/** Unit 1 is `None` (`ccm-gui.md §2`). */
export const DEFAULT_PARAM: Param = {
	param_type: "int",
	idf_type: "sample",
	fn_id: null,
	min: 0,
	max: 0,
	normalization: false,
	unit_id: 1,
};

/** A parameter with what a client says of it. */
export function paramOf(base: Param, given: Static<typeof ParamInputs>[number] | undefined): Param {
	const { param_i: _, normalization = base.normalization, ...values } = given ?? {};
	return { ...base, ...values, normalization: Boolean(normalization) };
}
