import type { ProjectDocument } from "../../contract/mod.ts";

/** Ids of the functions that a project's links and joins have. */
export function functionsUsed({ joins }: ProjectDocument): ReadonlySet<number> {
	const ids = joins.flatMap(({ fn_id, links }) => [
		fn_id,
		...links.flatMap(({ params }) => params.map((param) => param.fn_id)),
	]);
	return new Set(ids.filter((id) => id !== null));
}
