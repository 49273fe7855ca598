import { IconButton } from "../../kit/button.tsx";
import { Icon } from "../../kit/icons.tsx";
import { EmptyState } from "../../kit/states.tsx";
import type { LogEntry, OpenProject } from "../../project/open-project.ts";
import { texts } from "../../texts/texts.ts";
import { describeChanges } from "./describe.ts";

export interface ProjectLogProps {
	readonly project: OpenProject;
	readonly onClose: () => void;
}

/** What was changed by whom, and what failed, the newest first. */
export default function ProjectLog({ project, onClose }: ProjectLogProps) {
	const { project: words } = texts.value;
	const entries = project.log.value;
	return (
		<aside class="project-log" aria-labelledby="project-log-title">
			<header>
				<h2 id="project-log-title">{words.log}</h2>
				<IconButton icon="close" label={words.logClose} onClick={onClose} />
			</header>
			{entries.length === 0 ? (
				<EmptyState icon="log" title={words.logEmpty} hint={words.logHint} />
			) : (
				<ol>
					{entries.toReversed().map((entry, index) => (
						<Row key={entries.length - index} entry={entry} project={project} />
					))}
				</ol>
			)}
		</aside>
	);
}

function Row({ entry, project }: { readonly entry: LogEntry } & Pick<ProjectLogProps, "project">) {
	const { project: words, lang } = texts.value;
	const { at, by, changes, failure } = entry;
	const time = new Intl.DateTimeFormat(lang, { timeStyle: "medium" }).format(at);
	return (
		<li class={failure === undefined ? undefined : "project-log-bad"}>
			<time dateTime={at.toISOString()}>{time}</time>
			{failure === undefined ? (
				<p>
					<b>{by?.u_name}</b> {describeChanges(changes, project)}
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
