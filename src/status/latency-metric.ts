import { Histogram, type Registry } from "prom-client";
import type { LatencyStats } from "../dataflow/mod.ts";

/**
 * The data path counts into buckets itself, several times as fast as prom-client's histogram; this
 * one only shows them.
 */
export class LatencyMetric extends Histogram<string> {
	readonly #read: () => LatencyStats;

	constructor(registry: Registry, read: () => LatencyStats) {
		super({
			name: NAME,
			help: HELP,
			registers: [registry],
		});
		this.#read = read;
	}

	/** What the registry asks for; prom-client's types leave it out. */
	async getForPromString() {
		const { bounds, counts, sum } = this.#read();
		let below = 0;
		const buckets = counts.map((count, n) => {
			below += count;
			return line("_bucket", below, { le: String(bounds[n] ?? "+Inf") });
		});
		const values = [...buckets, line("_sum", sum, {}), line("_count", below, {})];
		return { name: NAME, help: HELP, type: "histogram", aggregator: "sum", values };
	}
}

const NAME = "iotctl_data_path_seconds";
const HELP = "From a message's arrival to the end of its graph's functions.";

function line(suffix: string, value: number, labels: Record<string, string>) {
	return { value, labels, metricName: NAME + suffix };
}
