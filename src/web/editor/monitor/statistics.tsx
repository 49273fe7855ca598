import { formatNumber } from "../kit/format.ts";
import { Table } from "../kit/table.tsx";
import { texts } from "../texts/texts.ts";
import type { Series } from "./series.ts";
import type { MonitorState } from "./use-monitor.ts";

/** The numbers behind the plot, and the key to its lines. */
export function Statistics({ monitor }: { readonly monitor: MonitorState }) {
	const words = texts.value.monitor;
	const { series } = monitor.drawn.value;
	if (series.length === 0) return null;
	const number = (title: string, of: (series: Series) => number) => ({
		title,
		kind: "number" as const,
		cell: (one: Series) => formatNumber(of(one)),
	});
	return (
		<section>
			<h3>{words.numbers}</h3>
			<Table
				label={words.numbers}
				rows={series}
				keyOf={({ column }) => column.label}
				columns={[
					{
						title: words.series,
						cell: (one) => (
							<span class="monitor-series">
								<svg class="monitor-line" viewBox="0 0 32 8" aria-hidden="true">
									<path class={`monitor-line-${series.indexOf(one)}`} d="M0 4h32" />
								</svg>
								{one.column.label} {one.name}
							</span>
						),
					},
					number(words.last, ({ last }) => last),
					number(words.min, ({ min }) => min),
					number(words.mean, ({ mean }) => mean),
					number(words.max, ({ max }) => max),
					number(words.count, ({ count }) => count),
				]}
			/>
		</section>
	);
}
