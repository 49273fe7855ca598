import { Icon } from "../kit/icons.tsx";
import { texts } from "../texts/texts.ts";
import { readFailure } from "./failure-text.ts";
import type { PanelContext } from "./panel-context.ts";
import { useExplained } from "./use-explained.ts";

const MOST_SEATS = 8;

export interface PlaceProps {
	readonly panel: PanelContext;
	readonly naId: number;
	/** Null: the join, or it is not known which. */
	readonly dfoId: number | null;
}

/** What a function of a place failed with, until it works again. */
export function FailureNote({ panel, naId, dfoId }: PlaceProps) {
	const failure = panel.project.failureOf(naId, dfoId).value;
	const explain = useExplained(failure !== undefined);
	if (failure === undefined) return null;
	const { at, stages, line, times } = texts.value.panel.failure;
	const { message, line: number, details } = readFailure(failure.reason);
	const counted = times(failure.count);
	const where = [
		...(number === undefined ? [] : [line(number)]),
		...seatsOf(failure.seats),
		counted,
	];
	return (
		<Trouble
			lead={at(stages[failure.stage ?? "unknown"], where)}
			explained={explain?.(failure.reason)}
			{...{ message, details }}
		/>
	);
}

/** Of a crowd: for which members, from 1. */
function seatsOf(seats: readonly number[] = []): string[] {
	const shown = seats.slice(0, MOST_SEATS).map((seat) => seat + 1);
	const more = seats.length > MOST_SEATS ? " …" : "";
	return shown.length === 0 ? [] : [texts.value.panel.failure.seats(shown.join(", ") + more)];
}

interface ProgressProps extends PlaceProps {
	/** What the link is called. */
	readonly name: string;
}

/** Why a link is not there, or a join function not in force. */
export function ProgressNote({ panel, naId, dfoId, name }: ProgressProps) {
	const { project } = panel;
	const progress = (dfoId === null ? project.joinOf(naId) : project.linkOf(naId, dfoId)).value;
	if (progress?.reason === undefined || progress.state === "running") return null;
	const { link, joinFailed } = texts.value.panel.failure;
	const { message, details } = readFailure(progress.reason);
	const lead = [dfoId === null ? joinFailed : link(name), ...seatsOf(progress.seats)].join(" · ");
	return <Trouble {...{ lead, message, details }} />;
}

interface TroubleProps {
	readonly lead: string;
	/** In the words of Python or the server. */
	readonly message: string;
	/** The same in the reader's language, and what to do. */
	readonly explained?: { readonly what: string; readonly hint?: string | undefined } | undefined;
	readonly details: string;
}

function Trouble({ lead, message, explained, details }: TroubleProps) {
	return (
		<div class="panel-trouble">
			<p>
				<Icon name="warning" />
				<span>
					<strong>{lead}</strong>
					{explained !== undefined && <span class="panel-what">{explained.what}</span>}
					<code lang="en">{message}</code>
					{explained?.hint !== undefined && <span class="panel-what">{explained.hint}</span>}
				</span>
			</p>
			{details !== "" && (
				<details>
					<summary>{texts.value.panel.failure.details}</summary>
					<pre lang="en">{details}</pre>
				</details>
			)}
		</div>
	);
}

/** Leads to a failure further down. @param name What the place is called. */
export function FailingLink({ panel, naId, dfoId, name }: ProgressProps) {
	const { project } = panel;
	const progress = (dfoId === null ? project.joinOf(naId) : project.linkOf(naId, dfoId)).value;
	const isFailing =
		project.failureOf(naId, dfoId).value !== undefined || progress?.state === "failed";
	if (!isFailing) return null;
	const show = () => {
		const trouble = document.getElementById(placeId(dfoId));
		trouble?.scrollIntoView({ block: "center" });
		trouble?.focus({ preventScroll: true });
	};
	return (
		<button type="button" class="panel-failing" onClick={show}>
			<Icon name="warning" />
			{texts.value.panel.failure.of(name)}
		</button>
	);
}

/** Id of what shows a place in the panel of its join. */
export function placeId(dfoId: number | null): string {
	return `panel-place-${dfoId ?? "join"}`;
}
