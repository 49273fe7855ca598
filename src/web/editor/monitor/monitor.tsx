import { useMemo } from "preact/hooks";
import type { App } from "../app-context.ts";
import { Button } from "../kit/button.tsx";
import { joinIn, type OpenProject } from "../project/open-project.ts";
import { columnsOf } from "./columns.ts";
import { csvOf } from "./csv.ts";
import { MonitorErrors } from "./errors.tsx";
import { MonitorPlot } from "./plot.tsx";
import { MonitorRows } from "./rows.tsx";
import { canCopy, copied, csvName, download } from "./save-csv.ts";
import { Statistics } from "./statistics.tsx";
import { type MonitorState, useMonitor } from "./use-monitor.ts";
import "./monitor.css";
import { monitorTexts } from "./words.ts";

export interface MonitorProps {
	readonly app: App;
	readonly project: OpenProject;
	readonly naId: number;
}

/** What a join carries since this was opened, at most ten minutes: plot, statistics, rows, errors. */
export function Monitor({ app, project, naId }: MonitorProps) {
	const document = project.document.value;
	const join = joinIn(document, naId);
	// Other changes of the project make no new columns.
	const made = join === undefined ? [] : columnsOf(document, join);
	const key = JSON.stringify(made);
	const groups = useMemo(() => made, [key]);
	const monitor = useMonitor(app, project, naId, groups);
	const words = monitorTexts.value;
	const csv = () => csvOf(groups, monitor.rows());
	const save = () => download(csv(), csvName(join?.na_name ?? "", new Date(app.clock.now())));
	const copy = async () => {
		if (await copied(csv())) app.notices.say(words.copied(monitor.rows().length), "good");
		else {
			save();
			app.notices.say(words.notCopied);
		}
	};
	return (
		<div class="monitor">
			<div class="monitor-tools">
				<PauseButton monitor={monitor} now={() => new Date(app.clock.now())} />
				{canCopy() && (
					<Button icon="copy" onClick={() => void copy()}>
						{words.copy}
					</Button>
				)}
				<Button icon="download" onClick={save}>
					{words.download}
				</Button>
				<Button icon="trash" onClick={monitor.clear}>
					{words.clear}
				</Button>
			</div>
			{monitor.pausedAt.value !== undefined && <p class="kit-hint">{words.paused}</p>}
			<MonitorErrors key={key} {...{ app, project, naId, groups }} />
			<MonitorPlot monitor={monitor} isOff={document?.status === "off"} />
			<Statistics monitor={monitor} />
			<MonitorRows key={`rows ${key}`} monitor={monitor} groups={groups} />
		</div>
	);
}

interface PauseButtonProps {
	readonly monitor: MonitorState;
	readonly now: () => Date;
}

function PauseButton({ monitor, now }: PauseButtonProps) {
	const { pausedAt } = monitor;
	const { pause, resume } = monitorTexts.value;
	const isPaused = pausedAt.value !== undefined;
	return (
		<Button
			kind="main"
			data-autofocus
			icon={isPaused ? "play" : "pause"}
			onClick={() => {
				pausedAt.value = isPaused ? undefined : now();
			}}
		>
			{isPaused ? resume : pause}
		</Button>
	);
}
