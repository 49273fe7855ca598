import type { App } from "../../app-context.ts";
import type { IconName } from "../../kit/icons.tsx";
import type { MenuItem } from "../../kit/menu.tsx";
import type { OpenProject } from "../../project/open-project.ts";
import { texts } from "../../texts/texts.ts";
import type { Actions } from "./actions.ts";

/** Dialogs of the project; one is open at most. */
export type DialogName =
	| "find"
	| "invite"
	| "keys"
	| "rename"
	| "share"
	| "copy"
	| "copy-members"
	| "import"
	| "remove";

export interface Command {
	readonly text: string;
	readonly icon: IconName;
	readonly keys?: string;
	readonly isDangerous?: boolean;
	readonly disabled?: boolean;
	/** For switches. */
	readonly checked?: boolean;
	/** A line is drawn above it in the menu. */
	readonly begins?: boolean;
	/** Where it is by itself in the bar: on screens that are wide enough, or always. */
	readonly inBar?: "wide" | "always";
	readonly run: () => void;
}

export interface CommandDeps {
	readonly app: App;
	readonly project: OpenProject;
	readonly actions: Actions;
	readonly open: (dialog: DialogName) => void;
}

/** All that can be done to the project by this reader, in the order of the menu. */
export function commandsOf(deps: CommandDeps): Command[] {
	const { app, project, actions, open } = deps;
	const {
		project: words,
		projectLater: { commands: more },
	} = texts.value;
	const { pId } = project;
	const may = project.may.value;
	const { status, sim } = project.document.value ?? { status: "off", sim: "off" };
	const canEdit = may !== "look";
	const owns = may === "own";
	const isOn = status === "on";
	const go = (selection: "log") =>
		app.navigation.go({ screen: "project", pId, selection: { kind: selection } });
	const all: (Command | false)[] = [
		{
			...{ text: words.find, icon: "search", keys: "Ctrl+K", inBar: "wide" },
			run: () => open("find"),
		},
		canEdit && {
			...{ text: words.undo, icon: "undo", keys: "Ctrl+Z" },
			...{ disabled: !project.canUndo.value, inBar: "wide" },
			run: () => void actions.undo(),
		},
		canEdit && {
			...{ text: words.redo, icon: "redo", keys: "Ctrl+Shift+Z" },
			...{ disabled: !project.canRedo.value, inBar: "wide" },
			run: () => void actions.redo(),
		},
		canEdit && {
			...{ text: isOn ? more.pause : words.run, icon: isOn ? "pause" : "play", keys: "P" },
			inBar: "always",
			run: () => void actions.toggleRun(),
		},
		canEdit && {
			...{ text: words.addDevice, icon: "add", inBar: "wide" },
			run: () => app.navigation.go({ screen: "add-device", pId }),
		},
		canEdit && {
			...{ text: words.invite, icon: "device", inBar: "wide" },
			run: () => open("invite"),
		},
		canEdit && {
			...{ text: more.simulation, icon: "device", checked: sim === "on", begins: true },
			run: () => void actions.toggleSimulation(),
		},
		canEdit && {
			...{ text: more.flush, icon: "refresh", disabled: !isOn },
			run: () => void actions.flush(),
		},
		{ text: more.log, icon: "log", run: () => go("log") },
		...keeping(deps),
		{ text: more.keys, icon: "help", keys: "?", begins: true, run: () => open("keys") },
		owns && {
			...{ text: more.remove, icon: "trash", isDangerous: true },
			run: () => open("remove"),
		},
	];
	return all.flatMap((command) => (command === false ? [] : [command]));
}

/** What is done with the project as a whole: names, people, copies, files. */
function keeping({ app, project, actions, open }: CommandDeps): (Command | false)[] {
	const { commands: more } = texts.value.projectLater;
	const owns = project.may.value === "own";
	const isTeacher = app.session.person.value.role !== "student";
	return [
		owns && { text: more.rename, icon: "edit", begins: true, run: () => open("rename") },
		owns && isTeacher && { text: more.share, icon: "share", run: () => open("share") },
		owns && isTeacher && { text: more.copy, icon: "copy", run: () => open("copy") },
		owns &&
			isTeacher && {
				...{ text: more.copyMembers, icon: "people" },
				run: () => open("copy-members"),
			},
		owns && {
			...{ text: more.exportFile, icon: "download", begins: true },
			run: () => void actions.exportFile(false),
		},
		owns && {
			...{ text: more.exportBundle, icon: "download" },
			run: () => void actions.exportFile(true),
		},
		isTeacher && { text: more.importFile, icon: "upload", run: () => open("import") },
	];
}

/** The same as entries of a menu. @param isWide Whether the bar has what it can have by itself. */
export function menuOf(commands: readonly Command[], isWide: boolean): MenuItem[] {
	const items = commands
		.filter(({ inBar }) => inBar === undefined || (inBar === "wide" && !isWide))
		.flatMap(({ begins, keys: _, inBar: __, ...item }): MenuItem[] =>
			begins === true ? ["line", item] : [item],
		);
	return items[0] === "line" ? items.slice(1) : items;
}
