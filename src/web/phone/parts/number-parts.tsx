import { useSignal, useSignalEffect } from "@preact/signals";
import type { PartProps } from "../app-parts.ts";
import { texts } from "../appearance.ts";
import { textOf } from "../display.ts";
import { extended, NO_SERIES, pathOf, type Series } from "../series.ts";

/** The newest values, and how they were. */
export function NumbersPart({ app, part }: PartProps) {
	const [feature] = part.features;
	const name = feature?.name ?? "";
	const series = useSignal<Series>(NO_SERIES);
	useSignalEffect(() => {
		const received = app.device.received(name).value;
		if (received !== undefined) series.value = extended(series.peek(), received.value);
	});
	const received = app.device.received(name).value;
	return (
		<>
			<p class={received === undefined ? "value" : "value newest"}>
				{received === undefined ? texts.value.nothingYet : textOf(received.value)}
			</p>
			<Chart name={name} series={series.value} />
		</>
	);
}

function Chart({ name, series }: { name: string; series: Series }) {
	if (series.lines.length === 0) return null;
	return (
		<figure class="chart">
			<svg
				viewBox="0 0 100 100"
				preserveAspectRatio="none"
				role="img"
				aria-label={texts.value.chartOf(name)}
			>
				{series.lines.map((line, index) => (
					<path key={`${index}`} class={`line-${index}`} d={pathOf(line, series)} />
				))}
			</svg>
			<figcaption>
				<span>{short(series.max)}</span>
				<span>{short(series.min)}</span>
			</figcaption>
		</figure>
	);
}

function short(value: number): string {
	return `${Number(value.toPrecision(5))}`;
}

/** Texts and everything else, as they come. */
export function WordsPart({ app, part }: PartProps) {
	const received = app.device.received(part.features[0]?.name ?? "").value;
	return (
		<p class="value">{received === undefined ? texts.value.nothingYet : textOf(received.value)}</p>
	);
}
