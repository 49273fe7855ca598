import type { Param } from "../store/port.ts";

/** What a parameter is unless it says otherwise; unit 1 is `None` (`ccm-gui.md §2`, `§3.2`). */
export const DEFAULT_PARAM: Param = {
	param_type: "int",
	idf_type: "sample",
	fn_id: null,
	min: 0,
	max: 0,
	normalization: false,
	unit_id: 1,
};
