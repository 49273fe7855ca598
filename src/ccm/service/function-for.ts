import { badRequest, Refusal } from "../projects/refusal.ts";
import type { FunctionRecord } from "../store/port.ts";
import { mayChange, maySee } from "./access.ts";
import type { Call } from "./operation.ts";

export const PROTECTED = "This function is a const function of the system and cannot be modified.";

/**
 * A function by its id.
 * @throws Refusal 404: there is none, or it is not for this person; 400: it is protected and may not be changed.
 */
export async function functionFor(
	{ person, tables }: Call,
	fnId: number,
	wish: "look" | "change",
): Promise<FunctionRecord> {
	const fn = await tables.functions.get(fnId);
	if (fn === undefined || !maySee(person, fn)) throw new Refusal(404, "Function id not find.");
	if (wish === "look") return fn;
	if (fn.is_protect) badRequest(PROTECTED);
	if (!mayChange(person, fn)) throw new Refusal(404, "Function id not find.");
	return fn;
}
