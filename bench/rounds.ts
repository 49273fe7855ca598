// Measurements of contenders in turn, and what their medians and ratios are.
import { CONTENDERS, type Contender } from "./contenders.ts";
import { middle, part } from "./finding.ts";
import { TARGETS } from "./ratios.ts";
import { type Measured, measure } from "./servers.ts";

/** All measurements of a run of the benchmark, `contender | way`. */
export class Rounds {
	readonly runs = new Map<string, Measured[]>();
	readonly #seconds: number;
	readonly #isShort: boolean;

	/** @param seconds Of each measurement. @param isShort Leaves out what only the whole run has. */
	constructor(seconds: number, isShort: boolean) {
		this.#seconds = seconds;
		this.#isShort = isShort;
	}

	/**
	 * Measures each of these contenders once, in each of its ways. In the whole run one that fails is left out: it does not
	 * take an hour's other measurements along.
	 */
	async run(names: readonly string[]): Promise<void> {
		for (const name of names) {
			const contender = CONTENDERS[name];
			if (contender === undefined) continue;
			if (this.#isShort) await this.#measure(name, contender);
			else await part(name, () => this.#measure(name, contender));
		}
	}

	async #measure(name: string, { start, ways, longWays }: Contender): Promise<void> {
		const subject = await start();
		try {
			const all = this.#isShort ? ways : { ...ways, ...longWays };
			for (const [way, settings] of Object.entries(all)) {
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
		} finally {
			await subject.stop();
		}
	}

	/** By name; @param choose Which of the rounds' ratios counts. */
	ratios(choose: (each: readonly number[]) => number = middle): Record<string, number> {
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

/** The largest that is a number. */
export function best(values: readonly number[]): number {
	return Math.max(...values.filter(Number.isFinite));
}
