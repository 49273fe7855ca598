import type { Refusal } from "../../server/ask.ts";
import { texts } from "../../texts/texts.ts";
import { refusalText } from "../refusal-text.ts";

/** Why an account was not added or changed, for people. @param lead A sentence. */
export function refused(lead: string, refusal: Refusal): string {
	const { people, shell } = texts.value;
	const { reason } = refusal;
	if (reason.includes("already exists")) return `${lead} ${people.nameTaken}`;
	if (reason.includes("last administrator")) return `${lead} ${people.lastAdmin}`;
	if (reason.includes("no projects of their own")) return `${lead} ${people.hasProjects}`;
	return refusalText(lead, refusal, shell.unreachableNow);
}
