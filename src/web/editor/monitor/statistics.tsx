import { formatNumber } from "../kit/format.ts";
import { SCROLLABLE } from "../kit/scrollable.ts";
import type { Series } from "./series.ts";
import type { MonitorState } from "./use-monitor.ts";
import { monitorTexts } from "./words.ts";

/** The numbers behind the plot, the key to its lines, and which of them are drawn. */
export function Statistics({ monitor }: { readonly monitor: MonitorState }) {
	const words = monitorTexts.value;
	const { series } = monitor.drawn.value;
	if (series.length === 0) return null;
	return (
		<section class="monitor-scroll" aria-label={words.numbers} {...SCROLLABLE}>
			<table class="monitor-statistics">
				<caption>{words.numbersHint}</caption>
				<thead class="monitor-head">
					<tr>
						<th scope="col" class="monitor-first">
							{words.series}
						</th>
						<th scope="col">{words.last}</th>
						<th scope="col">{words.min}</th>
						<th scope="col">{words.mean}</th>
						<th scope="col">{words.max}</th>
						<th scope="col">{words.count}</th>
					</tr>
				</thead>
				<tbody>
					{series.map((one, index) => (
						<SeriesRow key={one.column.label} {...{ monitor, one, index }} />
					))}
				</tbody>
			</table>
		</section>
	);
}

interface SeriesRowProps {
	readonly monitor: MonitorState;
	readonly one: Series;
	readonly index: number;
}

function SeriesRow({ monitor: { hidden }, one, index }: SeriesRowProps) {
	const { column, name, last, min, mean, max, count } = one;
	const toggle = () => {
		const next = new Set(hidden.value);
		if (!next.delete(column.label)) next.add(column.label);
		hidden.value = next;
	};
	return (
		<tr>
			<th scope="row" class="monitor-first">
				<label class="monitor-series">
					<input type="checkbox" checked={!hidden.value.has(column.label)} onChange={toggle} />
					<svg class="monitor-line" viewBox="0 0 32 8" aria-hidden="true">
						<path class={`monitor-line-${index}`} d="M0 4h32" />
					</svg>
					<span>
						{column.label} {name}
					</span>
				</label>
			</th>
			{[last, min, mean, max, count].map((value, at) => (
				<td key={at}>{formatNumber(value)}</td>
			))}
		</tr>
	);
}
