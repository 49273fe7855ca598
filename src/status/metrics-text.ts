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
		if ("label" in metric || "labels" in metric) {
			const labels = "label" in metric ? [metric.label] : metric.labels;
			new Kind({
				name,
				help,
				labelNames: [...labels],
				registers,
				collect() {
					this.reset();
					for (const [values, n] of valuesOf(metric)) {
						this.inc(Object.fromEntries(labels.map((label, at) => [label, values[at] ?? ""])), n);
					}
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

type Labelled = Extract<Metric, { label: string } | { labels: readonly string[] }>;

function valuesOf(metric: Labelled): (readonly [readonly string[], number])[] {
	if ("labels" in metric) return [...metric.readAll()];
	return Array.from(metric.readEach(), ([value, n]) => [[value], n] as const);
}
