import { useEffect, useRef } from "preact/hooks";
import { SCROLLABLE } from "../kit/scrollable.ts";
import { texts } from "../texts/texts.ts";
import type { ColumnGroup } from "./columns.ts";
import { MAX_SHOWN, RowsView } from "./rows-view.ts";
import type { MonitorState } from "./use-monitor.ts";
import { monitorTexts } from "./words.ts";

interface MonitorRowsProps {
	readonly monitor: MonitorState;
	readonly groups: readonly ColumnGroup[];
}

/** The newest rows, with their times. */
export function MonitorRows({ monitor, groups }: MonitorRowsProps) {
	const body = useRef<HTMLTableSectionElement>(null);
	const words = monitorTexts.value;
	const { lang } = texts.value;
	const isPaused = monitor.pausedAt.value !== undefined;
	const all = monitor.drawn.value.times.length;
	useEffect(() => {
		if (body.current === null) return;
		const columns = groups.flatMap((group) => group.columns);
		const view = new RowsView(body.current, columns, lang);
		view.replace(monitor.rows());
		monitor.hearRows((rows) => view.add(rows));
		return () => monitor.hearRows(undefined);
		// Of the monitor only its recording lasts.
	}, [monitor.recording, groups, lang, isPaused, all === 0]);
	return (
		<section>
			<h3>{words.rows}</h3>
			<p class="monitor-hint">{words.rowsHint(Math.min(all, MAX_SHOWN), all)}</p>
			<section class="monitor-scroll" aria-label={words.rows} {...SCROLLABLE}>
				<table class="monitor-rows">
					<thead class="monitor-head">
						<tr>
							<th scope="col" rowSpan={2}>
								{words.time}
							</th>
							{groups.map(({ kind, name, columns }, index) => (
								<th key={index} scope="colgroup" colSpan={columns.length} class={`monitor-${kind}`}>
									{kind === "join" ? words.joinColumn : kind === "seat" ? words.seat : name}
								</th>
							))}
						</tr>
						<tr>
							{groups.flatMap(({ kind, columns }) =>
								columns.map(({ label }) => (
									<th key={label} scope="col">
										{kind === "seat" ? "#" : label}
									</th>
								)),
							)}
						</tr>
					</thead>
					<tbody ref={body} />
				</table>
			</section>
		</section>
	);
}
