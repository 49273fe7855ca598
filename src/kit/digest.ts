import { createHash } from "node:crypto";

/** SHA-256 of a function's UTF-8 source in lowercase hex, as `add_funcs` wants it (`csm.md §4.3`). */
export function digestOfSource(code: string): string {
	return createHash("sha256").update(code, "utf8").digest("hex");
}
