import type { Refusal } from "../server/ask.ts";

/** A refusal as one message: what did not happen, and why. @param lead A sentence. */
export function refusalText(
	lead: string,
	{ status, reason }: Pick<Refusal, "status" | "reason">,
	unreachable: string,
): string {
	const why = status === 0 ? unreachable : sentence(reason);
	return `${lead} ${why}`.trim();
}

function sentence(reason: string): string {
	const text = reason.trim();
	if (text === "") return "";
	const begun = text.charAt(0).toLocaleUpperCase() + text.slice(1);
	return /[.!?。]$/.test(begun) ? begun : `${begun}.`;
}
