import type { Join, ProjectDocument } from "../../../contract/mod.ts";
import { portOf } from "../project/open-project.ts";
import type { Linked } from "./link-card.tsx";

/** What a join links, by side, in its order. */
export function linkedOf(
	document: ProjectDocument | undefined,
	join: Join,
): { readonly inputs: readonly Linked[]; readonly outputs: readonly Linked[] } {
	const all = join.links.flatMap((link): Linked[] => {
		const place = portOf(document, link.dfo_id);
		return place === undefined ? [] : [{ link, ...place }];
	});
	return {
		inputs: all.filter(({ port }) => port.df_type === "input"),
		outputs: all.filter(({ port }) => port.df_type === "output"),
	};
}
