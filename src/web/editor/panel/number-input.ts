/** What was typed into a number field. */
export type NumberInput =
	| { readonly ok: true; readonly value: number }
	| { readonly ok: false; readonly problem: "empty" | "no-number" | "no-integer" | "too-large" };

/** Values beyond this lose digits on their way through JSON and Python's floats. */
const MOST = Number.MAX_SAFE_INTEGER;
/** No commas: `1,000` is a thousand to some and one to others. */
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Reads a number as a person types it: blanks around it and full-width digits are fine. */
export function readNumber(text: string, { integer }: { readonly integer: boolean }): NumberInput {
	const plain = text.normalize("NFKC").replace("\u2212", "-").trim();
	if (plain === "") return { ok: false, problem: "empty" };
	if (!DECIMAL.test(plain)) return { ok: false, problem: "no-number" };
	const value = Number(plain);
	if (!Number.isFinite(value) || Math.abs(value) > MOST) return { ok: false, problem: "too-large" };
	if (integer && !Number.isInteger(value)) return { ok: false, problem: "no-integer" };
	// −0 would come back from the server as 0.
	return { ok: true, value: value === 0 ? 0 : value };
}
