import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { Dialog } from "../../kit/dialog.tsx";
import { Icon, type IconName } from "../../kit/icons.tsx";
import { isTyping } from "../../kit/typing.ts";
import type { OpenProject } from "../../project/open-project.ts";
import type { Selection } from "../../routes.ts";
import { hashOf } from "../../routes.ts";
import { texts } from "../../texts/texts.ts";
import type { Actions } from "./actions.ts";
import { commandsOf, type DialogName } from "./commands.ts";
import { type Entry, found, partsOf } from "./find.ts";
import { showPart } from "./show-part.ts";

export interface FindDialogProps {
	readonly app: App;
	readonly project: OpenProject;
	readonly actions: Actions;
	readonly open: (dialog: DialogName) => void;
	readonly onSelect: (selection: Selection) => void;
	readonly onFilter: (text: string) => void;
	readonly onClose: () => void;
}

interface Result extends Entry {
	readonly group: string;
	readonly icon: IconName;
	readonly keys?: string;
	readonly run: () => void;
}

/** A field with a list of its own, not one of the browser's. */
const COMBOBOX = { role: "combobox", list: undefined, "aria-expanded": "true" } as const;
const PART_ICONS = { block: "device", port: "link", join: "project" } as const;

/** Finds anything of the project, commands and pages; all by keyboard. */
export function FindDialog(props: FindDialogProps) {
	const { onFilter, onClose } = props;
	const { project, projectLater: words } = texts.value;
	const id = useId();
	const [text, setText] = useState("");
	const [current, setCurrent] = useState(0);
	const list = useRef<HTMLDivElement>(null);
	const results = [...found(useResults(props), text), ...filterBy(text.trim(), onFilter)];
	const choose = ({ run }: Result) => {
		onClose();
		run();
	};
	const onKeyDown = (event: KeyboardEvent) => {
		if (isTyping(event)) return;
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		const chosen = results[current];
		if (step !== undefined) setCurrent((current + step + results.length) % results.length);
		else if (event.key === "Enter" && chosen !== undefined) choose(chosen);
		else return;
		event.preventDefault();
	};
	useEffect(() => {
		list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
	}, [current]);
	return (
		<Dialog title={project.find} size="wide" onClose={onClose}>
			<div class="project-find">
				<input
					data-autofocus
					type="text"
					enterkeyhint="go"
					{...COMBOBOX}
					aria-label={words.findHint}
					aria-controls={`${id}-list`}
					aria-activedescendant={results.length > 0 ? `${id}-${current}` : undefined}
					placeholder={words.findHint}
					autocomplete="off"
					value={text}
					onKeyDown={onKeyDown}
					onInput={({ currentTarget }) => {
						setText(currentTarget.value);
						setCurrent(0);
					}}
				/>
				<p class="kit-unseen" role="status">
					{words.found(results.length)}
				</p>
				<div ref={list} id={`${id}-list`} role="listbox" aria-label={project.find}>
					{results.map((result, index) => (
						<Option
							key={`${result.group} ${result.text} ${index}`}
							id={`${id}-${index}`}
							result={result}
							isCurrent={index === current}
							choose={() => choose(result)}
						/>
					))}
				</div>
				{results.length === 0 && <p class="project-find-none">{words.findNothing}</p>}
			</div>
		</Dialog>
	);
}

/** The lanes can show nothing else. */
function filterBy(query: string, onFilter: (text: string) => void): Result[] {
	const { groups, filterBy: says } = texts.value.projectLater;
	if (query === "") return [];
	const run = () => onFilter(query);
	return [{ group: groups.filter, icon: "filter", text: says(query), run }];
}

interface OptionProps {
	readonly id: string;
	readonly result: Result;
	readonly isCurrent: boolean;
	readonly choose: () => void;
}

function Option({ id, result, isCurrent, choose }: OptionProps) {
	const { text, where, icon, group, keys } = result;
	return (
		<button
			id={id}
			type="button"
			role="option"
			aria-selected={isCurrent}
			tabIndex={-1}
			onClick={choose}
		>
			<Icon name={icon} />
			<span class="project-find-text">
				{text}
				{where !== undefined && <small>{where}</small>}
			</span>
			{keys !== undefined && <kbd>{keys}</kbd>}
			<small>{group}</small>
		</button>
	);
}

/** Everything that can be found, in the order in which it is offered without a text. */
function useResults({ app, project, actions, open, onSelect }: FindDialogProps): Result[] {
	const { groups } = texts.value.projectLater;
	const others = useOtherProjects(app, project.pId);
	const document = project.document.value ?? { blocks: [], joins: [] };
	const nameOf = (mac: string) => project.presenceOf(mac).peek()?.d_name ?? "";
	const parts = partsOf(document, ({ bindings }) =>
		bindings.map(({ mac_addr }) => nameOf(mac_addr)),
	);
	return [
		...commandsOf({ app, project, actions, open })
			.filter(({ disabled, icon }) => disabled !== true && icon !== "search")
			.map((command) => ({ ...command, group: groups.command })),
		...parts.map(({ selection, ...entry }) => {
			const { kind } = selection;
			const known = kind === "block" || kind === "port" ? kind : "join";
			const run = () => {
				onSelect(selection);
				showPart(selection);
			};
			return { ...entry, group: groups[known], icon: PART_ICONS[known], run };
		}),
		...others.map(({ p_id, p_name: text }) => ({
			...{ text, group: groups.project, icon: "project" as const },
			run: () => app.navigation.go({ screen: "project", pId: p_id }),
		})),
		...pageEntries().map(({ text, href }) => ({
			...{ text, group: groups.page, icon: "next" as const },
			run: () => {
				location.hash = href;
			},
		})),
	];
}

interface Head {
	readonly p_id: number;
	readonly p_name: string;
}

function useOtherProjects(app: App, pId: number): readonly Head[] {
	const [heads, setHeads] = useState<readonly Head[]>([]);
	useEffect(() => {
		let isThere = true;
		void app
			.ask<{ readonly projects: readonly Head[] }>("GET", "api/v1/projects")
			.then((answer) => {
				if (isThere && answer.ok) setHeads(answer.body.projects.filter(({ p_id }) => p_id !== pId));
			});
		return () => {
			isThere = false;
		};
	}, [app, pId]);
	return heads;
}

/** Pages one can go to from here. */
function pageEntries(): readonly { readonly text: string; readonly href: string }[] {
	const { shell } = texts.value;
	return [
		{ text: shell.projects, href: hashOf({ screen: "projects" }) },
		{ text: shell.functions, href: hashOf({ screen: "functions" }) },
		{ text: shell.devices, href: hashOf({ screen: "devices" }) },
		{ text: shell.models, href: hashOf({ screen: "models", tab: "models" }) },
		{ text: shell.account, href: hashOf({ screen: "account" }) },
	];
}
