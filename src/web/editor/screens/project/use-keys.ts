import { useEffect, useRef } from "preact/hooks";
import { isInText, isTyping } from "../../kit/typing.ts";
import type { OpenProject } from "../../project/open-project.ts";
import type { Selection } from "../../routes.ts";
import type { Actions } from "./actions.ts";
import type { DialogName } from "./commands.ts";
import { type KeyCommand, keyCommand } from "./keys.ts";

export interface KeysDeps {
	readonly project: OpenProject;
	readonly selection: Selection | undefined;
	readonly actions: Actions;
	readonly open: (dialog: DialogName) => void;
	readonly onSelect: (selection: Selection | undefined) => void;
}

/** Has keys do what they do anywhere in the project; what has the focus comes first. */
export function useKeys(deps: KeysDeps): void {
	const latest = useRef(deps);
	latest.current = deps;
	useEffect(() => {
		const onKeyDown = (event: KeyboardEvent) => {
			if (event.defaultPrevented || isTyping(event) || hasDialog()) return;
			const command = keyCommand(event, isInText(event));
			if (command === undefined || !carryOut(command, latest.current)) return;
			event.preventDefault();
		};
		addEventListener("keydown", onKeyDown);
		return () => removeEventListener("keydown", onKeyDown);
	}, []);
}

/** A dialog or a menu has all keys while it is open. */
function hasDialog(): boolean {
	return document.querySelector("dialog:modal, [role=menu]:popover-open") !== null;
}

/** Opens the first function of what is selected, or else a new one. */
function editFunction(): boolean {
	const [first] = ["edit", "add"].flatMap(
		(what) => document.querySelector<HTMLElement>(`.panel [data-function=${what}]`) ?? [],
	);
	first?.click();
	return first !== undefined;
}

/** @returns whether there was something to do. */
function carryOut(command: KeyCommand, deps: KeysDeps): boolean {
	const { project, selection, actions, open, onSelect } = deps;
	if (command === "find" || command === "help") {
		open(command === "find" ? "find" : "keys");
		return true;
	}
	if (command === "edit") return editFunction();
	if (command === "escape") {
		if (selection === undefined) return false;
		onSelect(undefined);
		return true;
	}
	if (project.may.peek() === "look" || project.document.peek() === undefined) return false;
	switch (command) {
		case "undo":
			void actions.undo();
			return true;
		case "redo":
			void actions.redo();
			return true;
		case "run":
			void actions.toggleRun();
			return true;
		case "remove":
			if (selection === undefined || selection.kind === "port" || selection.kind === "log")
				return false;
			void actions.remove(selection).then((isDone) => isDone && onSelect(undefined));
			return true;
	}
}
