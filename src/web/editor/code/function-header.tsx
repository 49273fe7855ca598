import { useState } from "preact/hooks";
import type { App } from "../app-context.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { Field } from "../kit/fields.tsx";
import { lazy } from "../kit/lazy.tsx";
import { Menu, type MenuItem } from "../kit/menu.tsx";
import { hashOf } from "../routes.ts";
import type { FunctionWork } from "./function-work.ts";
import type { FunctionDetails, FunctionServer } from "./functions-server.ts";
import { codeTexts } from "./words.ts";

const CopyDialog = lazy(() => import("./copy-dialog.tsx"));
const RemoveDialog = lazy(() => import("./remove-dialog.tsx"));

/** What the editor's owner hears. */
export interface FunctionEvents {
	/** Saved, or copied: then it is about another function. */
	readonly onSaved: (saved: { readonly fnId: number; readonly name: string }) => void;
	readonly onClose: () => void;
	/** Absent: it cannot be deleted here. */
	readonly onRemoved?: (() => void) | undefined;
}

export interface FunctionHeaderProps extends Omit<FunctionEvents, "onSaved"> {
	readonly app: App;
	readonly work: FunctionWork;
	readonly server: FunctionServer;
	readonly onSave: () => void;
	readonly onCopied: FunctionEvents["onSaved"];
}

/** The function's name, its state, and what can be done with it as a whole. */
export function FunctionHeader(props: FunctionHeaderProps) {
	const { app, work, onSave, onClose } = props;
	const words = codeTexts.value;
	const [dialog, setDialog] = useState<"copy" | "remove">();
	const saved = work.draft.saved.value;
	const mayCopy = app.session.person.value.role !== "student";
	const items = saved === undefined ? [] : itemsOf(props, saved.fn_id, setDialog);
	return (
		<header class="code-header">
			{saved === undefined ? (
				<Field
					label={words.name}
					hint={words.nameHint}
					value={work.draft.name.value}
					maxLength={200}
					autocomplete="off"
					error={work.trouble.value?.kind === "name" ? words.trouble.name : undefined}
					onInput={(name) => work.draft.rename(name)}
				/>
			) : (
				<h2 title={saved.fn_name}>{saved.fn_name}</h2>
			)}
			<div class="code-actions">
				<SaveState work={work} mayCopy={mayCopy} />
				{work.draft.isReadOnly.value ? (
					mayCopy && (
						<Button icon="copy" kind="main" onClick={() => setDialog("copy")}>
							{words.copy}
						</Button>
					)
				) : (
					<Button
						icon="save"
						kind="main"
						title={words.saveTitle}
						disabled={work.isSaving.value || (saved !== undefined && !work.draft.isDirty.value)}
						onClick={onSave}
					>
						{work.isSaving.value ? words.saving : words.save}
					</Button>
				)}
				{saved !== undefined && items.length > 0 && <Menu label={words.more} items={items} />}
				<IconButton icon="close" label={words.close} onClick={onClose} />
			</div>
			{dialog !== undefined && saved !== undefined && (
				<FunctionDialogs {...props} {...{ dialog, saved }} onDone={() => setDialog(undefined)} />
			)}
		</header>
	);
}

interface FunctionDialogsProps extends FunctionHeaderProps {
	readonly dialog: "copy" | "remove";
	readonly saved: FunctionDetails;
	readonly onDone: () => void;
}

function FunctionDialogs(props: FunctionDialogsProps) {
	const { app, work, server, saved, dialog, onDone, onCopied, onRemoved } = props;
	const words = codeTexts.value;
	const { fn_id: fnId, fn_name: name } = saved;
	if (dialog === "copy") {
		return (
			<CopyDialog
				{...{ server, name }}
				code={work.draft.code.value}
				pinned={work.draft.samples.pinned}
				onClose={onDone}
				onCopied={(copy) => {
					onDone();
					app.notices.say(words.copied(copy.name), "good");
					onCopied(copy);
				}}
			/>
		);
	}
	return (
		<RemoveDialog
			{...{ server, fnId, name }}
			onClose={onDone}
			onRemoved={() => {
				work.discard();
				app.notices.say(words.wasRemoved(name), "good");
				onRemoved?.();
			}}
		/>
	);
}

function itemsOf(
	{ app, work, onRemoved }: FunctionHeaderProps,
	fnId: number,
	show: (dialog: "copy" | "remove") => void,
): MenuItem[] {
	const words = codeTexts.value;
	const items: MenuItem[] = [];
	if (app.session.person.value.role !== "student") {
		items.push({ text: words.copy, icon: "copy", run: () => show("copy") });
	}
	if (app.navigation.place.value.screen !== "functions") {
		const href = hashOf({ screen: "functions", fnId });
		items.push({ text: words.fullPage, icon: "external", href });
	}
	if (onRemoved !== undefined && !work.draft.isReadOnly.value) {
		items.push({ text: words.remove, icon: "trash", isDangerous: true, run: () => show("remove") });
	}
	return items;
}

interface SaveStateProps {
	readonly work: FunctionWork;
	readonly mayCopy: boolean;
}

function SaveState({ work, mayCopy }: SaveStateProps) {
	const words = codeTexts.value;
	const saved = work.draft.saved.value;
	if (work.draft.isReadOnly.value) {
		const owner = saved?.owner?.u_name;
		const whose = owner === undefined ? words.systemFunction : words.othersFunction(owner);
		return <span class="code-state">{mayCopy ? `${whose} ${words.copyToChange}` : whose}</span>;
	}
	if (!work.draft.isDirty.value) {
		return saved === undefined ? null : <span class="code-state">{words.saved}</span>;
	}
	return (
		<span class="code-state code-unsaved">
			{work.draft.isKept.value ? words.unsaved : words.unkept}
		</span>
	);
}
