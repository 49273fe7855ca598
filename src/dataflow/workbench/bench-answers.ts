import { type Static, Type } from "@sinclair/typebox";
import { checked, refuseLonger } from "../python/answers.ts";
import { MAX_REASON_CHARS } from "../python/protocol.ts";

/** JSON may write each character as six, `\u0000`. */
const MOST_PER_CHAR = 6;

const Reason = Type.Union([Type.String({ maxLength: MAX_REASON_CHARS }), Type.Null()]);

/** Reads the answer to `check`. @throws InvariantError when it makes no sense. */
export function readReason(text: string): Static<typeof Reason> {
	refuseLonger(text, MOST_PER_CHAR * MAX_REASON_CHARS);
	return checked(Reason, text);
}
