import type { FailureView, ProjectDocument } from "../../../contract/mod.ts";
import { joinIn, portOf } from "./open-project.ts";

/** A failure with its link, where the engine tells only the side and no other link there has a function. */
export function placeFailure(
	failure: FailureView,
	document: ProjectDocument | undefined,
): FailureView {
	const { na_id, dfo_id, stage } = failure;
	if (dfo_id !== null || (stage !== "idf" && stage !== "odf")) return failure;
	const side = stage === "idf" ? "input" : "output";
	const links = joinIn(document, na_id)?.links ?? [];
	const [found, ...others] = links.filter(
		({ dfo_id, params }) =>
			params.some(({ fn_id }) => fn_id !== null) && portOf(document, dfo_id)?.port.df_type === side,
	);
	return found === undefined || others.length > 0 ? failure : { ...failure, dfo_id: found.dfo_id };
}
