import type { RowText } from "./drafts.ts";
import type { Pinned, Stage, Tried } from "./functions-server.ts";

/** The server tries no more at once. */
export const MAX_ROWS = 20;

/** A typed sample as a value. */
export type ReadSample = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

/** Reads what was typed: JSON, or the values of a message with commas between them. */
export function readSample(text: string): ReadSample {
	for (const json of [text, `[${text}]`]) {
		try {
			return { ok: true, value: JSON.parse(json) };
		} catch {
			// The other way, then.
		}
	}
	return { ok: false };
}

/** A value in the table, in one line. */
export function sampleText(value: unknown): string {
	if (value === undefined) return "";
	if (Array.isArray(value)) return `[${value.map(sampleText).join(", ")}]`;
	if (typeof value !== "object" || value === null) return JSON.stringify(value);
	const fields = Object.entries(value).map(
		([key, one]) => `${JSON.stringify(key)}: ${sampleText(one)}`,
	);
	return `{${fields.join(", ")}}`;
}

/** Whether two values are the same JSON; the order of keys does not matter. */
export function isSameValue(one: unknown, other: unknown): boolean {
	if (Object.is(one, other) || one === other) return true;
	if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
		return false;
	}
	if (Array.isArray(one) !== Array.isArray(other)) return false;
	const [keys, others] = [Object.keys(one), Object.keys(other)];
	if (keys.length !== others.length) return false;
	return keys.every((key) => {
		const has = Object.hasOwn(other, key);
		return has && isSameValue(Reflect.get(one, key), Reflect.get(other, key));
	});
}

/** Whether a pinned row holds: `unknown` where it was not tried. */
export type Verdict = "holds" | "differs" | "unknown";

/** What became of a pinned row. Nothing returned is null, as in JSON. */
export function verdictOf(row: RowText, tried: Tried | undefined): Verdict {
	if (row.expected === undefined || tried === undefined) return "unknown";
	const expected = readSample(row.expected);
	if (tried.error !== null || !expected.ok) return "differs";
	return isSameValue(expected.value, tried.result ?? null) ? "holds" : "differs";
}

/** The pinned rows as the server keeps them; a row that cannot be read is left out. */
export function pinnedOf(rows: readonly RowText[], stage: Stage): Pinned[] {
	return rows.flatMap((row) => {
		if (row.expected === undefined) return [];
		const [sample, expected] = [readSample(row.text), readSample(row.expected)];
		if (!sample.ok || !expected.ok) return [];
		return [{ stage: row.stage ?? stage, sample: sample.value, expected: expected.value }];
	});
}

/** Rows of what the server keeps. */
export function rowsOf(pinned: readonly Pinned[]): RowText[] {
	return pinned.map(({ stage, sample, expected }) => ({
		text: sampleText(sample),
		expected: sampleText(expected),
		stage,
	}));
}

/** A first row for a function of a wire with so many values. */
export function exampleRow(stage: Stage, values: number): RowText {
	const numbers = Array.from({ length: Math.max(1, Math.min(values, 10)) }, (_, i) => i + 1);
	return { text: sampleText(stage === "join" ? numbers.map((one) => [one]) : numbers) };
}

/** What a new function says before anything is typed. */
export function templateOf(parameterNames: readonly string[]): string {
	const names = parameterNames.filter((name) => /^[A-Za-z_]\w*$/.test(name));
	const isAll = names.length === parameterNames.length && names.length > 0;
	return isAll
		? `def run(${names.join(", ")}):\n    return ${names[0]}\n`
		: "def run(*args):\n    return args[0]\n";
}
