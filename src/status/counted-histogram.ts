import { Histogram, type Registry } from "prom-client";
import type { HistogramCounts } from "../kit/mod.ts";

/** Shows a histogram that was counted elsewhere: several times as fast as prom-client's own counts. */
export class CountedHistogram extends Histogram<string> {
	readonly #name: string;
	readonly #help: string;
	readonly #read: () => HistogramCounts;

	constructor(registry: Registry, name: string, help: string, read: () => HistogramCounts) {
		super({ name, help, registers: [registry] });
		this.#name = name;
		this.#help = help;
		this.#read = read;
	}

	/** What the registry asks for; prom-client's types leave it out. */
	async getForPromString() {
		const { bounds, counts, sum } = this.#read();
		let below = 0;
		const buckets = counts.map((count, n) => {
			below += count;
			return this.#line("_bucket", below, { le: String(bounds[n] ?? "+Inf") });
		});
		const values = [...buckets, this.#line("_sum", sum, {}), this.#line("_count", below, {})];
		return { name: this.#name, help: this.#help, type: "histogram", aggregator: "sum", values };
	}

	#line(suffix: string, value: number, labels: Record<string, string>) {
		return { value, labels, metricName: this.#name + suffix };
	}
}
