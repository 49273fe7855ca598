import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { LinkButton } from "../../kit/button.tsx";
import { lazy } from "../../kit/lazy.tsx";
import { EmptyState, Spinner } from "../../kit/states.tsx";
import { useTitle } from "../../kit/use-title.ts";
import { Lanes } from "../../lanes/lanes.tsx";
import { preloadKind, preloadKinds } from "../../panel/kinds.ts";
import { Panel } from "../../panel/panel.tsx";
import { browserDeps } from "../../project/browser-deps.ts";
import type { OpenProject } from "../../project/open-project.ts";
import { openProject } from "../../project/opened-project.ts";
import type { Selection } from "../../routes.ts";
import { texts } from "../../texts/texts.ts";
import { TopBar } from "../../top-bar.tsx";
import { actionsOf } from "./actions.ts";
import { ProjectBar } from "./bar.tsx";
import type { DialogName } from "./commands.ts";
import { saveFile } from "./save-file.ts";
import { Strips } from "./strips.tsx";
import { useKeys } from "./use-keys.ts";
import { useMedia } from "./use-media.ts";
import "./project.css";

const ProjectDialog = lazy(() => import("./dialogs.tsx"), { texts: ["later", "projects"] });
const ProjectLog = lazy(() => import("./log.tsx"), { texts: ["later", "screens"] });

export interface ProjectScreenProps {
	readonly app: App;
	readonly pId: number;
	readonly selection?: Selection | undefined;
}

/** A project in the editor: the bar, the lanes, and the panel of what is selected. */
export default function ProjectScreen({ app, pId, selection }: ProjectScreenProps) {
	const [project] = useState(() =>
		openProject(
			pId,
			browserDeps(app.ask, () => app.session.person.peek().u_id),
		),
	);
	useEffect(() => () => project.close(), [project]);
	useState(() => preloadKind(selection));
	useTitle(project.document.value?.p_name ?? "");
	const contact = project.contact.value;
	if (contact.state === "ended" && contact.reason !== "login") {
		const wasThere = project.document.value !== undefined;
		return <Gone app={app} wasThere={wasThere} isUnreadable={contact.reason === "unreadable"} />;
	}
	return (
		<div class="project" data-contact={contact.state}>
			<Opened app={app} project={project} selection={selection} />
		</div>
	);
}

interface OpenedProps {
	readonly app: App;
	readonly project: OpenProject;
	readonly selection: Selection | undefined;
}

function Opened({ app, project, selection }: OpenedProps) {
	const { project: words, shell } = texts.value;
	const [dialog, setDialog] = useState<DialogName>();
	const [filter, setFilter] = useState("");
	const main = useRef<HTMLElement>(null);
	const actions = useMemo(() => actionsOf(app, project, saveFile), [app, project]);
	const lostAt = useLostAt(project);
	// Beside the lanes the panel is there before something is selected: they would jump.
	const hasRoom = useMedia("(min-width: 900px)");
	const closeLog = () => {
		select(undefined);
		main.current?.focus();
	};
	const select = (selected: Selection | undefined) =>
		app.navigation.go({
			...{ screen: "project" as const, pId: project.pId },
			...(selected !== undefined && { selection: selected }),
		});
	useKeys({ project, selection, actions, open: setDialog, onSelect: select });
	return (
		<>
			<button type="button" class="shell-skip" onClick={() => main.current?.focus()}>
				{shell.skip}
			</button>
			<TopBar app={app}>
				<ProjectBar {...{ app, project, actions }} open={setDialog} />
			</TopBar>
			<Strips {...{ project, actions, lostAt, filter }} onFilter={setFilter} />
			<main
				ref={main}
				class="project-main"
				tabIndex={-1}
				aria-label={words.main}
				onPointerDownCapture={preloadKinds}
				onKeyDownCapture={preloadKinds}
			>
				{project.document.value === undefined ? (
					<Spinner />
				) : (
					<>
						<Lanes {...{ app, project, selection, filter }} onSelect={select} />
						{selection?.kind === "log" ? (
							<ProjectLog app={app} project={project} onClose={closeLog} />
						) : (
							(hasRoom || selection !== undefined) && (
								<Panel {...{ app, project, selection }} onSelect={select} />
							)
						)}
					</>
				)}
			</main>
			{dialog !== undefined && (
				<div class="project-dialog">
					<ProjectDialog
						{...{ app, project, actions }}
						name={dialog}
						open={setDialog}
						onSelect={select}
						onFilter={setFilter}
						onClose={() => setDialog(undefined)}
					/>
				</div>
			)}
		</>
	);
}

/** When contact was lost, by the clock on the wall. */
function useLostAt(project: OpenProject): Date | undefined {
	const { state } = project.contact.value;
	const lostAt = useRef<Date>(undefined);
	if (state === "live") lostAt.current = undefined;
	else if (state !== "loading") lostAt.current ??= new Date();
	return lostAt.current;
}

interface GoneProps {
	readonly app: App;
	readonly wasThere: boolean;
	readonly isUnreadable: boolean;
}

function Gone({ app, wasThere, isUnreadable }: GoneProps) {
	const { project: words } = texts.value;
	let [title, hint] = [words.noneTitle, words.noneHint];
	if (wasThere) [title, hint] = [words.goneTitle, words.goneHint];
	if (isUnreadable) [title, hint] = [words.unreadableTitle, words.unreadableHint];
	return (
		<div class="shell">
			<TopBar app={app} />
			<main>
				<h1 class="kit-unseen">{title}</h1>
				<div role="alert">
					<EmptyState
						icon="project"
						title={title}
						hint={hint}
						action={
							<LinkButton kind="main" href="#/">
								{words.toProjects}
							</LinkButton>
						}
					/>
				</div>
			</main>
		</div>
	);
}
