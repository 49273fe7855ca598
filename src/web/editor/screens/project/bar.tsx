import type { App } from "../../app-context.ts";
import { IconButton, LinkButton } from "../../kit/button.tsx";
import { Icon } from "../../kit/icons.tsx";
import { lazy } from "../../kit/lazy.tsx";
import type { OpenProject } from "../../project/open-project.ts";
import { hashOf } from "../../routes.ts";
import { texts } from "../../texts/texts.ts";
import type { Actions } from "./actions.ts";
import type { DialogName } from "./commands.ts";
import { useMedia } from "./use-media.ts";

const People = lazy(async () => ({ default: (await import("./people.tsx")).People }), {
	meanwhile: () => null,
});
/** What the project can be seen without. */
const LATER = { texts: ["later"] } as const;
const BarInvite = lazy(async () => ({ default: (await import("./bar-later.tsx")).BarInvite }), {
	...LATER,
	meanwhile: InvitePlace,
});
const BarMenu = lazy(async () => ({ default: (await import("./bar-later.tsx")).BarMenu }), {
	...LATER,
	meanwhile: () => null,
});

export interface ProjectBarProps {
	readonly app: App;
	readonly project: OpenProject;
	readonly actions: Actions;
	readonly open: (dialog: DialogName) => void;
}

/** What the bar has for a project; on narrow screens most of it is only in the menu. */
export function ProjectBar({ app, project, actions, open }: ProjectBarProps) {
	const { project: words } = texts.value;
	const document = project.document.value;
	const canEdit = project.may.value !== "look";
	const { u_id } = app.session.person.value;
	const hasOthers = project.people.value.some((person) => person.u_id !== u_id);
	const isWide = useMedia("(min-width: 701px)");
	const isAnothers = document !== undefined && document.u_id !== u_id;
	return (
		<div class="project-bar">
			<h1 class="project-name" title={document?.p_name}>
				{document?.p_name ?? "…"}
			</h1>
			{isAnothers && (
				<span class="project-another" title={words.ownedByAnother}>
					<Icon name="share" />
					<span class="kit-unseen">{words.ownedByAnother}</span>
				</span>
			)}
			{isWide && (
				<IconButton
					icon="search"
					label={words.find}
					aria-keyshortcuts="Control+K"
					onClick={() => open("find")}
				/>
			)}
			{isWide && canEdit && <Steps project={project} actions={actions} />}
			{hasOthers && <People app={app} project={project} />}
			{isWide && canEdit && (
				<LinkButton icon="add" href={hashOf({ screen: "add-device", pId: project.pId })}>
					{words.addDevice}
				</LinkButton>
			)}
			{isWide && canEdit && <BarInvite {...{ project, open }} />}
			<Run project={project} actions={actions} />
			<span class="project-menu">
				<BarMenu {...{ app, project, actions, isWide, open }} />
			</span>
		</div>
	);
}

/** As wide as the button that comes there later: those beside it would move away from under a finger. */
function InvitePlace() {
	return (
		<span class="kit-button kit-plain project-place" aria-hidden="true">
			<Icon name="device" />
			<span>{texts.value.project.invite}</span>
		</span>
	);
}

function Steps({ project, actions }: Pick<ProjectBarProps, "project" | "actions">) {
	const { project: words } = texts.value;
	return (
		<>
			<IconButton
				icon="undo"
				label={words.undo}
				disabled={!project.canUndo.value}
				aria-keyshortcuts="Control+Z"
				onClick={() => void actions.undo()}
			/>
			<IconButton
				icon="redo"
				label={words.redo}
				disabled={!project.canRedo.value}
				aria-keyshortcuts="Control+Shift+Z"
				onClick={() => void actions.redo()}
			/>
		</>
	);
}

function Run({ project, actions }: Pick<ProjectBarProps, "project" | "actions">) {
	const { project: words } = texts.value;
	const status = project.document.value?.status;
	if (status === undefined) return null;
	const isOn = status === "on";
	// Before there is anything to run, the main button is the one that adds a device.
	const hasJoins = project.document.value?.joins.length !== 0;
	if (project.may.value === "look") {
		return (
			<span class={`project-status project-${status}`}>{isOn ? words.running : words.paused}</span>
		);
	}
	return (
		<button
			type="button"
			class={`kit-button project-run ${isOn ? "kit-plain project-on" : hasJoins ? "kit-main" : "kit-plain"}`}
			aria-label={isOn ? words.pauseLong : words.runLong}
			aria-keyshortcuts="P"
			title={isOn ? words.pauseLong : words.runLong}
			onClick={() => void actions.toggleRun()}
		>
			<Icon name={isOn ? "pause" : "play"} />
			<span>{isOn ? words.running : words.run}</span>
		</button>
	);
}
