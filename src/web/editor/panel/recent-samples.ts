import type { Join } from "../../../contract/mod.ts";
import type { Sample } from "../project/open-project.ts";

/** How many a function is tried with. */
const KEPT = 5;

export type Stage = "idf" | "join" | "odf";

/** The last values of a join, to try functions with. */
export class RecentSamples {
	/** By feature (null: the join's own), the newest last. */
	readonly #values = new Map<number | null, { value: unknown; input: unknown }[]>();

	hear(samples: readonly Pick<Sample, "dfoId" | "value" | "input">[]): void {
		for (const { dfoId, value, input } of samples) {
			const read = { value: readJson(value), input: readJson(input) };
			// The server cuts long values: they cannot be tried with.
			if (read.value === undefined) continue;
			this.#values.set(dfoId, [...(this.#values.get(dfoId) ?? []), read].slice(-KEPT));
		}
	}

	/** Arguments an input's function was called with. */
	ofInput(dfoId: number): unknown[][] {
		return this.#of(dfoId)
			.filter(({ input }) => input !== undefined)
			.map(({ input }) => listOf(input));
	}

	/** Arguments of the join function: what the inputs gave last, together. */
	ofJoin(inputs: readonly number[]): unknown[][] {
		const lists = inputs.map((dfoId) => this.#of(dfoId));
		const count = Math.min(...lists.map(({ length }) => length));
		if (!Number.isFinite(count)) return [];
		return Array.from({ length: count }, (_, index) =>
			lists.map((list) => list.at(index - count)?.value),
		);
	}

	/** Arguments of outputs' functions. */
	ofOutputs(): unknown[][] {
		return this.#of(null).map(({ value }) => listOf(value));
	}

	#of(dfoId: number | null) {
		return this.#values.get(dfoId) ?? [];
	}
}

/** What the arguments of an output's functions are called: what the only input sends, or one for each input. */
export function outputArguments(
	join: Join,
	inputs: readonly { readonly param_no: number }[],
): string[] {
	if (inputs.length > 1) return join.fn_id === null ? names("z", inputs.length) : ["z"];
	const [input] = inputs;
	return names("x", input?.param_no ?? 1);
}

/** `x1 … xn`. */
export function names(letter: string, count: number): string[] {
	return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
}

function listOf(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [value];
}

function readJson(text: string | undefined): unknown {
	if (text === undefined) return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
