import type { Refusal } from "../../server/ask.ts";
import { texts } from "../../texts/texts.ts";
import { refusalText } from "../refusal-text.ts";

/** Why there is no new project, for people. @param lead A sentence. */
export function notCreated(lead: string, refusal: Refusal): string {
	const { projects, shell } = texts.value;
	if (/project name already exists/i.test(refusal.reason)) return projects.nameTaken;
	if (refusal.status === 413) return `${lead} ${projects.tooLarge}`;
	return refusalText(lead, refusal, shell.unreachableNow);
}
