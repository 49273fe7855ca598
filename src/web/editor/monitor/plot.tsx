import { useEffect, useRef, useState } from "preact/hooks";
import { formatNumber } from "../kit/format.ts";
import { EmptyState } from "../kit/states.tsx";
import { Chart } from "./chart.ts";
import type { Series } from "./series.ts";
import type { MonitorState } from "./use-monitor.ts";
import { monitorTexts } from "./words.ts";

interface MonitorPlotProps {
	readonly monitor: MonitorState;
	readonly isOff: boolean;
}

/** Lines of all numbers over time; the plotting package is loaded with the first number. */
export function MonitorPlot({ monitor, isOff }: MonitorPlotProps) {
	const place = useRef<HTMLDivElement>(null);
	const chart = useRef<Chart>(undefined);
	const [isFailed, setIsFailed] = useState(false);
	const words = monitorTexts.value;
	const drawn = monitor.drawn.value;
	const hasNumbers = drawn.series.length > 0;
	useEffect(() => {
		if (!hasNumbers || place.current === null) return;
		const made = new Chart(place.current, () => setIsFailed(true));
		chart.current = made;
		return () => {
			chart.current = undefined;
			made.close();
		};
	}, [hasNumbers]);
	const hidden = monitor.hidden.value;
	useEffect(() => chart.current?.show(drawn, hidden), [drawn, hidden, hasNumbers]);
	if (!hasNumbers) {
		const isEmpty = drawn.times.length === 0;
		return (
			<EmptyState
				icon="chart"
				title={isEmpty ? words.waiting : words.noNumbers}
				hint={isOff ? words.offHint : isEmpty ? words.waitingHint : undefined}
			/>
		);
	}
	return (
		<section>
			<h3>{words.plot}</h3>
			{isFailed && <p class="kit-error">{words.plotFailed}</p>}
			<div
				ref={place}
				class="monitor-plot"
				role="img"
				aria-label={words.plotOf(drawn.series.map(textOf).join("; "))}
			/>
		</section>
	);
}

/** A line in words. */
function textOf({ column, name, last, min, max }: Series): string {
	const words = monitorTexts.value;
	const range = `${words.min} ${formatNumber(min)}, ${words.max} ${formatNumber(max)}`;
	return `${column.label} ${name}: ${words.last} ${formatNumber(last)}, ${range}`;
}
