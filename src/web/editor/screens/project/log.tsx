import { useEffect, useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { IconButton } from "../../kit/button.tsx";
import { Icon } from "../../kit/icons.tsx";
import { SCROLLABLE } from "../../kit/scrollable.ts";
import { EmptyState } from "../../kit/states.tsx";
import type { LogEntry, OpenProject } from "../../project/open-project.ts";
import { texts } from "../../texts/texts.ts";
import { describeChanges, describeKinds } from "./describe.ts";
import { earlier, type Operation } from "./earlier.ts";
import "./log.css";

export interface ProjectLogProps {
	readonly app: App;
	readonly project: OpenProject;
	readonly onClose: () => void;
}

/** What was changed by whom, and what failed, the newest first. */
export default function ProjectLog({ app, project, onClose }: ProjectLogProps) {
	const { projectLater: words } = texts.value;
	const entries = project.log.value;
	const before = useEarlier(app, project);
	return (
		<aside class="project-log" aria-labelledby="project-log-title">
			<header>
				<h2 id="project-log-title">{words.commands.log}</h2>
				<IconButton icon="close" label={words.logClose} onClick={onClose} />
			</header>
			{entries.length + before.length === 0 ? (
				<EmptyState icon="log" title={words.logEmpty} hint={words.logHint} />
			) : (
				<ol aria-labelledby="project-log-title" {...SCROLLABLE}>
					{entries.toReversed().map((entry, index) => (
						<Row key={entries.length - index} entry={entry} project={project} />
					))}
					{before.map((operation, index) => (
						<EarlierRow key={`before ${before.length - index}`} {...{ operation, project }} />
					))}
				</ol>
			)}
		</aside>
	);
}

function Row({ entry, project }: { readonly entry: LogEntry } & Pick<ProjectLogProps, "project">) {
	const { projectLater: words } = texts.value;
	const { at, by, changes, failure } = entry;
	return (
		<li class={failure === undefined ? undefined : "project-log-bad"}>
			<Time at={at} />
			{failure === undefined ? (
				<p>
					<b>{by?.u_name}</b> · {describeChanges(changes, project)}
				</p>
			) : (
				<>
					<p>
						<Icon name="warning" />
						{words.logFailed(project.nameOf("join", failure.na_id) ?? words.unnamed)}
					</p>
					<pre>{failure.reason}</pre>
				</>
			)}
		</li>
	);
}

interface EarlierRowProps extends Pick<ProjectLogProps, "project"> {
	readonly operation: Operation;
}

function EarlierRow({ operation: { at, u_name, operation, details }, project }: EarlierRowProps) {
	const { changes, na_id, do_id } = details;
	const told = typeof changes === "string" ? describeKinds(changes) : undefined;
	const name =
		(typeof na_id === "number" && project.nameOf("join", na_id)) ||
		(typeof do_id === "number" && project.nameOf("block", do_id));
	return (
		<li>
			<Time at={new Date(at)} />
			<p>
				<b>{u_name}</b> · {told ?? texts.value.audit.operations[operation] ?? operation}
				{name && ` · ${name}`}
			</p>
		</li>
	);
}

function Time({ at }: { readonly at: Date }) {
	const isToday = at.toDateString() === new Date().toDateString();
	const style: Intl.DateTimeFormatOptions = isToday
		? { timeStyle: "medium" }
		: { timeStyle: "medium", dateStyle: "medium" };
	const text = new Intl.DateTimeFormat(texts.value.lang, style).format(at);
	return <time dateTime={at.toISOString()}>{text}</time>;
}

/** What was done before this page has opened the project, the newest first. */
function useEarlier(app: App, project: OpenProject): readonly Operation[] {
	const [all, setAll] = useState<readonly Operation[]>([]);
	const begin = project.logBegins.value;
	useEffect(() => {
		let isThere = true;
		const path = `api/v1/projects/${project.pId}/log`;
		void app.ask<{ readonly entries: readonly Operation[] }>("GET", path).then((answer) => {
			if (isThere && answer.ok) setAll(answer.body.entries);
		});
		return () => {
			isThere = false;
		};
	}, [app, project]);
	return begin === undefined ? [] : earlier(all, begin);
}
