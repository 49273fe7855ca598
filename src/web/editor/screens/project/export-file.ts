import type { App } from "../../app-context.ts";
import type { OpenProject } from "../../project/open-project.ts";
import { texts } from "../../texts/texts.ts";
import { refusalText } from "./refusal.ts";

/** Gives the reader the project as a file. @param save Such as a download. */
export async function exportFile(
	{ ask, notices }: App,
	project: OpenProject,
	isBundle: boolean,
	save: (name: string, content: string) => void,
): Promise<void> {
	const bundle = isBundle ? "&bundle=1" : "";
	const answer = await ask<object>("GET", `export_project?p_id=${project.pId}${bundle}`);
	if (!answer.ok) return notices.say(refusalText(answer), "bad");
	const name = `${project.document.value?.p_name ?? project.pId}.json`;
	save(name, JSON.stringify(answer.body));
	notices.say(texts.value.projectLater.commands.exported(name), "good");
}
