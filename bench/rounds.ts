// Measurements of contenders in turn, and what their medians and ratios are.
import { CONTENDERS } from "./contenders.ts";
import { TARGETS } from "./ratios.ts";
import { type Measured, measure } from "./servers.ts";

/** All measurements of a run of the benchmark, `contender | way`. */
export class Rounds {
	readonly runs = new Map<string, Measured[]>();
	readonly #seconds: number;

	/** @param seconds Of each measurement. */
	constructor(seconds: number) {
		this.#seconds = seconds;
	}

	/** Measures each of these contenders once, in each of its ways. */
	async run(names: readonly string[]): Promise<void> {
		for (const name of names) {
			const contender = CONTENDERS[name];
			if (contender === undefined) continue;
			const subject = await contender.start();
			for (const [way, settings] of Object.entries(contender.ways)) {
				const key = `${name} | ${way}`;
				const result = await measure(subject, {
					...settings,
					seconds: this.#seconds,
					warmupSeconds: 1,
				});
				this.runs.set(key, [...(this.runs.get(key) ?? []), result]);
				console.log(
					`${key}: ${Math.round(result.perSecond)}/s, p50 ${result.p50} ms, p99 ${result.p99} ms, ${result.sent - result.received} lost`,
				);
			}
			await subject.stop();
		}
	}

	/** By name; @param choose Which of the rounds' ratios counts. */
	ratios(choose: (each: readonly number[]) => number = median): Record<string, number> {
		const found: Record<string, number> = {};
		for (const [name, [measured, reference]] of Object.entries(TARGETS)) {
			const references = this.#of(reference, ({ perSecond }) => perSecond);
			const each = this.#of(measured, ({ perSecond }) => perSecond).map(
				(value, n) => value / (references[n] ?? Number.NaN),
			);
			if (each.some(Number.isFinite)) found[name] = Number(choose(each).toFixed(2));
		}
		return found;
	}

	#of(key: string, value: (run: Measured) => number): number[] {
		return (this.runs.get(key) ?? []).map(value);
	}
}

/** The one in the middle; NaN of none. */
export function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** The largest that is a number. */
export function best(values: readonly number[]): number {
	return Math.max(...values.filter(Number.isFinite));
}
