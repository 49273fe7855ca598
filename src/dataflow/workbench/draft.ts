import { MAX_DATA_NESTING, nestsTooDeep } from "../../kit/mod.ts";

/** A function that is being written, and what it is to be called with. */
export interface Draft {
	readonly code: string;
	/** Functions it reaches as `iot.<alias>`; without any it has no `iot`, as a function of CCM's. */
	readonly helpers: readonly { readonly alias: string; readonly code: string }[];
	/** Which function of a graph it is to be: that of an input, of the join or of an output. */
	readonly stage: "idf" | "join" | "odf";
	/** Each is a message's values, or a single value; for a join its slots. */
	readonly samples: readonly unknown[];
}

/** Why there is no result. */
export interface DraftError {
	/**
	 * A limit's name; `exception`; `syntax` of the draft itself; `source`: it has no function `run`; `engine`: it ended its
	 * engine; `skipped`: it was not called, because of what happened before.
	 */
	readonly kind: string;
	/** Line of the draft, from 1; null where none is known. */
	readonly line: number | null;
	/** In Python's words where they are Python's, with the traceback. */
	readonly reason: string;
}

/** What a draft did with one sample, or while it was loaded. */
export interface Tried {
	/** What it gave; what is not JSON is the text Python prints for it. Absent where there is none. */
	readonly result?: unknown;
	readonly error: DraftError | null;
	/** What it printed, cut at 4000 characters. */
	readonly printed: string;
	/** Milliseconds it took. */
	readonly ms: number;
}

export interface DraftReport {
	/** Its top level. */
	readonly loading: Tried;
	/** One for each sample, in order; where loading failed each has its error. */
	readonly samples: readonly Tried[];
}

const MAX_SAMPLES = 20;
const MAX_SAMPLE_CHARS = 64 << 10;
const MAX_HELPERS = 50;

/**
 * The samples as JSON texts, or what is wrong with a draft.
 * @param maxSourceBytes Largest source, bytes of UTF-8.
 */
export function readDraft(draft: Draft, maxSourceBytes: number): readonly string[] | string {
	const { code, helpers, samples } = draft;
	if (samples.length > MAX_SAMPLES) {
		return `there are ${samples.length} samples, at most ${MAX_SAMPLES} are accepted`;
	}
	if (helpers.length > MAX_HELPERS) {
		return `there are ${helpers.length} helpers, at most ${MAX_HELPERS} are accepted`;
	}
	for (const source of [code, ...helpers.map((helper) => helper.code)]) {
		const problem = tooLong(source, maxSourceBytes);
		if (problem !== undefined) return problem;
	}
	const texts = samples.map((sample) => JSON.stringify(sample) ?? "null");
	const long = texts.findIndex((text) => text.length > MAX_SAMPLE_CHARS);
	if (long >= 0) return `sample ${long + 1} is longer than ${MAX_SAMPLE_CHARS} characters`;
	const deep = texts.findIndex((text) => nestsTooDeep(text, MAX_DATA_NESTING));
	if (deep >= 0) return `sample ${deep + 1} is nested deeper than ${MAX_DATA_NESTING} levels`;
	return texts;
}

/** Says that a source is longer than a CSM accepts. */
export function tooLong(code: string, maxSourceBytes: number): string | undefined {
	const bytes = Buffer.byteLength(code, "utf8");
	if (bytes <= maxSourceBytes) return undefined;
	return `it is ${bytes} bytes long, at most ${maxSourceBytes} are accepted`;
}
