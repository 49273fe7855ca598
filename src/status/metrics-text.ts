import { Counter, Gauge, Registry } from "prom-client";
import type { Metric } from "../kit/mod.ts";
import { CountedHistogram } from "./counted-histogram.ts";

/** Writes metrics in Prometheus' text format. */
export class MetricsText {
	readonly #registry = new Registry();

	constructor(metrics: Iterable<Metric>) {
		for (const metric of metrics) this.#add(metric);
	}

	async read(): Promise<{ readonly contentType: string; readonly text: string }> {
		return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
	}

	#add(metric: Metric): void {
		const { name, help, kind } = metric;
		const registers = [this.#registry];
		if (kind === "histogram") {
			new CountedHistogram(this.#registry, name, help, () => metric.readCounts());
			return;
		}
		const Kind = kind === "gauge" ? Gauge : Counter;
		if ("label" in metric) {
			const { label } = metric;
			new Kind({
				name,
				help,
				labelNames: [label],
				registers,
				collect() {
					this.reset();
					for (const [value, n] of metric.readEach()) this.inc({ [label]: value }, n);
				},
			});
			return;
		}
		new Kind({
			name,
			help,
			registers,
			collect() {
				const value = metric.read();
				this.remove();
				if (value !== null) this.inc(value);
			},
		});
	}
}
