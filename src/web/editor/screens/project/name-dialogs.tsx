import { useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { ConfirmDialog, Dialog } from "../../kit/dialog.tsx";
import { Field } from "../../kit/fields.tsx";
import { Form } from "../../kit/form.tsx";
import type { OpenProject } from "../../project/open-project.ts";
import type { Refusal } from "../../server/ask.ts";
import { texts } from "../../texts/texts.ts";
import { refusalText } from "./refusal.ts";

const MAX_NAME = 200;

export interface DialogProps {
	readonly app: App;
	readonly project: OpenProject;
	readonly onClose: () => void;
}

export function RenameDialog({ project, onClose }: DialogProps) {
	const { projectLater: words } = texts.value;
	const name = project.document.value?.p_name ?? "";
	return (
		<NameDialog
			title={words.renameTitle}
			button={words.save}
			name={name}
			onClose={onClose}
			send={async (p_name) => {
				if (p_name !== name) {
					const answer = await project.change([{ kind: "rename_project", p_name }]);
					if (!answer.ok) return nameRefused(answer);
				}
				onClose();
				return undefined;
			}}
		/>
	);
}

export function CopyDialog({ app, project, onClose }: DialogProps) {
	const { projectLater: words } = texts.value;
	return (
		<NameDialog
			title={words.copyTitle}
			button={words.copyDo}
			name={words.copyName(project.document.value?.p_name ?? "")}
			hint={words.copyHint}
			onClose={onClose}
			send={async (p_name) => {
				const path = `api/v0/project/${project.pId}/copy`;
				const answer = await app.ask<{ p_id: number }>("POST", path, { p_name });
				if (!answer.ok) return nameRefused(answer);
				onClose();
				app.navigation.go({ screen: "project", pId: answer.body.p_id });
				return undefined;
			}}
		/>
	);
}

interface NameDialogProps {
	readonly title: string;
	readonly button: string;
	readonly name: string;
	readonly hint?: string;
	readonly onClose: () => void;
	/** @returns why the name was refused. */
	readonly send: (name: string) => Promise<string | undefined>;
}

function NameDialog({ title, button, name, hint, onClose, send }: NameDialogProps) {
	const { projectLater: words } = texts.value;
	const [written, setWritten] = useState(name);
	const submit = async () => {
		const chosen = written.trim();
		return chosen === "" ? words.nameMissing : send(chosen);
	};
	return (
		<Dialog title={title} onClose={onClose}>
			<Form button={button} submit={submit}>
				<Field
					label={words.name}
					hint={hint}
					value={written}
					onInput={setWritten}
					maxLength={MAX_NAME}
					autocomplete="off"
					data-autofocus
				/>
			</Form>
		</Dialog>
	);
}

function nameRefused(refusal: Refusal): string {
	const isTaken = refusal.reason.includes("project name already exists");
	return isTaken ? texts.value.projectLater.nameTaken : refusalText(refusal);
}

export function CopyMembersDialog({ app, project, onClose }: DialogProps) {
	const { projectLater: words } = texts.value;
	const copy = async () => {
		const path = `api/v0/project/${project.pId}/copy/members`;
		const answer = await app.ask<{ copies: readonly { is_new: boolean }[] }>("POST", path, {});
		if (!answer.ok) return refusalText(answer);
		const made = answer.body.copies.filter(({ is_new }) => is_new).length;
		app.notices.say(words.copied(made, answer.body.copies.length - made), "good");
		return undefined;
	};
	return (
		<ConfirmDialog
			title={words.copyMembersTitle}
			confirm={words.copyDo}
			onConfirm={copy}
			onClose={onClose}
		>
			<p>{words.copyMembersHint}</p>
		</ConfirmDialog>
	);
}

export function RemoveDialog({ app, project, onClose }: DialogProps) {
	const { projectLater: words } = texts.value;
	const name = project.document.value?.p_name ?? "";
	const remove = async () => {
		const answer = await app.ask("DELETE", `api/v0/project/${project.pId}`);
		if (!answer.ok) return refusalText(answer);
		project.close();
		app.navigation.go({ screen: "projects" }, "replace");
		app.notices.say(words.removed(name), "good");
		return undefined;
	};
	return (
		<ConfirmDialog
			title={words.removeTitle}
			confirm={words.removeDo}
			isDangerous
			onConfirm={remove}
			onClose={onClose}
		>
			<p>{words.removeText(name)}</p>
		</ConfirmDialog>
	);
}
