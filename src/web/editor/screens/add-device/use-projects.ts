import { useEffect, useState } from "preact/hooks";
import type { App } from "../../app-context.ts";

export interface ProjectHeadView {
	readonly p_id: number;
	readonly p_name: string;
}

/** The projects the reader can edit; undefined: not here yet. */
export function useProjects({ ask }: Pick<App, "ask">): readonly ProjectHeadView[] | undefined {
	const [projects, setProjects] = useState<readonly ProjectHeadView[]>();
	useEffect(() => {
		type Row = ProjectHeadView & { readonly may: string };
		void ask<{ readonly projects: readonly Row[] }>("GET", "api/v1/projects").then((answer) => {
			if (answer.ok) setProjects(answer.body.projects.filter(({ may }) => may !== "look"));
		});
	}, [ask]);
	return projects;
}
