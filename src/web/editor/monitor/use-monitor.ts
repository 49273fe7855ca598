import { type ReadonlySignal, type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { App } from "../app-context.ts";
import type { OpenProject } from "../project/open-project.ts";
import type { ColumnGroup } from "./columns.ts";
import { Recording, type Row } from "./recording.ts";
import { type Series, seriesOf } from "./series.ts";

/** Plot and statistics follow so often. */
const DRAW_EVERY_MS = 500;

/** What is drawn of a recording twice a second. */
export interface Drawn {
	/** Seconds since 1970, one for each row. */
	readonly times: readonly number[];
	readonly series: readonly Series[];
}

export interface MonitorState {
	readonly recording: Recording;
	readonly drawn: ReadonlySignal<Drawn>;
	/** Labels of columns whose lines are not drawn. */
	readonly hidden: Signal<ReadonlySet<string>>;
	/** When it was paused, for the reader; values are recorded anyway. */
	readonly pausedAt: Signal<Date | undefined>;
	/** The rows the reader sees the newest of. */
	readonly rows: () => readonly Row[];
	/** Hears new rows while it is not paused; one at a time. */
	readonly hearRows: (hear: ((rows: readonly Row[]) => void) | undefined) => void;
	readonly clear: () => void;
}

const NOTHING: Drawn = { times: [], series: [] };

/** Records what a join carries for as long as its monitor is open. */
export function useMonitor(
	{ clock }: App,
	project: OpenProject,
	naId: number,
	groups: readonly ColumnGroup[],
): MonitorState {
	const recording = useMemo(() => new Recording(), [project, naId]);
	const drawn = useSignal<Drawn>(NOTHING);
	const hidden = useSignal<ReadonlySet<string>>(new Set());
	const pausedAt = useSignal<Date | undefined>(undefined);
	const onRows = useRef<(rows: readonly Row[]) => void>(undefined);
	const current = useRef(groups);
	current.current = groups;
	useEffect(() => {
		let isNew = false;
		const end = project.onSamples(naId, (samples) => {
			const made = recording.add(samples);
			isNew = true;
			if (pausedAt.peek() === undefined) onRows.current?.(made);
		});
		let cancel = () => {};
		const draw = () => {
			cancel = clock.after(DRAW_EVERY_MS, draw);
			if (!isNew || pausedAt.peek() !== undefined) return;
			isNew = false;
			drawn.value = drawnOf(current.current, recording.rows);
		};
		draw();
		return () => {
			end();
			cancel();
		};
	}, [project, naId, recording, clock, drawn, pausedAt]);
	return {
		...{ recording, drawn, hidden, pausedAt },
		rows: () => {
			const { value } = pausedAt;
			return value === undefined ? recording.rows : recording.rows.filter(({ at }) => at <= value);
		},
		hearRows: (hear) => {
			onRows.current = hear;
		},
		clear: () => {
			recording.clear();
			drawn.value = NOTHING;
		},
	};
}

function drawnOf(groups: readonly ColumnGroup[], rows: readonly Row[]): Drawn {
	return { times: rows.map(({ at }) => at.getTime() / 1000), series: seriesOf(groups, rows) };
}
