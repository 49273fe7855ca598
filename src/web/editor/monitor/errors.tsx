import { effect, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { App } from "../app-context.ts";
import { formatTime } from "../kit/format.ts";
import { readFailure } from "../panel/failure-text.ts";
import type { OpenProject } from "../project/open-project.ts";
import { texts } from "../texts/texts.ts";
import type { ColumnGroup } from "./columns.ts";
import { monitorTexts } from "./words.ts";

/** More would hide the newest ones. */
const MAX_ERRORS = 10;

interface Noted {
	readonly at: number;
	readonly place: string;
	readonly reason: string;
	readonly count: number;
}

interface MonitorErrorsProps {
	readonly app: App;
	readonly project: OpenProject;
	readonly naId: number;
	readonly groups: readonly ColumnGroup[];
}

/** What functions of the join failed with since the monitor was opened, the newest first. */
export function MonitorErrors({ app, project, naId, groups }: MonitorErrorsProps) {
	const noted = useSignal<readonly Noted[]>([]);
	useEffect(() => {
		const places = [
			...new Map(groups.map(({ name, columns }) => [columns[0]?.dfoId ?? null, name])),
		];
		const ends = places.map(([dfoId, name]) =>
			effect(() => {
				const failure = project.failureOf(naId, dfoId).value;
				if (failure === undefined) return;
				noted.value = withError(noted.peek(), {
					...{ at: app.clock.now(), place: name, reason: failure.reason, count: 1 },
				});
			}),
		);
		return () => {
			for (const end of ends) end();
		};
	}, [app.clock, project, naId, groups, noted]);
	const words = texts.value.panel;
	if (noted.value.length === 0) return null;
	return (
		<section class="monitor-errors">
			<h3>{monitorTexts.value.errors}</h3>
			<ul>
				{noted.value.map(({ at, place, reason, count }) => (
					<li key={`${place} ${reason}`}>
						<small>
							{formatTime(at)} {place} {count > 1 && `(${words.failure.times(count)})`}
						</small>
						<Reason text={reason} />
					</li>
				))}
			</ul>
		</section>
	);
}

/** In one line; the whole where there is more. */
function Reason({ text }: { readonly text: string }) {
	const { message, line, details } = readFailure(text);
	const { failure } = texts.value.panel;
	const where = line === undefined ? "" : failure.inLine(line);
	if (details === "") return <code lang="en">{message}</code>;
	return (
		<details>
			<summary>
				<code lang="en">{message}</code>
				{where}
			</summary>
			<pre lang="en">{details}</pre>
		</details>
	);
}

/** The same failure again is counted, and comes first. */
function withError(noted: readonly Noted[], error: Noted): readonly Noted[] {
	const isSame = ({ place, reason }: Noted) => place === error.place && reason === error.reason;
	const count = error.count + (noted.find(isSame)?.count ?? 0);
	return [{ ...error, count }, ...noted.filter((one) => !isSame(one))].slice(0, MAX_ERRORS);
}
