import type { Refusal } from "../../server/ask.ts";
import { texts } from "../../texts/texts.ts";

/** Why something was not done, for the reader. */
export function refusalText({ status, reason }: Refusal): string {
	const { noContact, refused } = texts.value.project;
	return status === 0 ? noContact : refused(reason);
}
