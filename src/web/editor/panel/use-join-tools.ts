import { useEffect, useMemo } from "preact/hooks";
import type { FunctionLists } from "./function-lists.ts";
import { functionLists } from "./function-lists.ts";
import type { PanelContext } from "./panel-context.ts";
import { RecentSamples } from "./recent-samples.ts";

/** What choosing and trying functions of a join takes. @param naId Undefined: the selection is on no join. */
export function useJoinTools(
	{ app, project }: PanelContext,
	naId: number | undefined,
): { readonly functions: FunctionLists; readonly recent: RecentSamples } {
	const functions = useMemo(
		() => functionLists(app.ask, project.pId, naId),
		[app.ask, project, naId],
	);
	const recent = useMemo(() => new RecentSamples(), [project, naId]);
	useEffect(() => {
		if (naId === undefined) return;
		return project.onSamples(naId, (samples) => recent.hear(samples));
	}, [project, naId, recent]);
	return { functions, recent };
}
