import { useEffect, useState } from "preact/hooks";
import { Button } from "../kit/button.tsx";
import { ConfirmDialog, Dialog } from "../kit/dialog.tsx";
import { Field } from "../kit/fields.tsx";
import { Spinner } from "../kit/states.tsx";
import { texts } from "../texts/texts.ts";
import type { FunctionServer, FunctionUses, Pinned } from "./functions-server.ts";
import { isUnused, UsesList } from "./uses-panel.tsx";
import { codeTexts } from "./words.ts";

export interface CopyDialogProps {
	readonly server: FunctionServer;
	readonly name: string;
	readonly code: string;
	readonly pinned: readonly Pinned[];
	readonly onCopied: (copy: { readonly fnId: number; readonly name: string }) => void;
	readonly onClose: () => void;
}

/** Makes a function of one's own with the same source. */
export function CopyDialog({ server, name, code, pinned, onCopied, onClose }: CopyDialogProps) {
	const words = codeTexts.value;
	const [copyName, setCopyName] = useState(words.copyName(name));
	const [reason, setReason] = useState<string>();
	const [isBusy, setIsBusy] = useState(false);
	const copy = async () => {
		if (copyName.trim() === "") {
			setReason(words.trouble.name);
			return;
		}
		setIsBusy(true);
		const answer = await server.create(copyName.trim(), code, pinned);
		setIsBusy(false);
		if (answer.ok) onCopied({ fnId: answer.body.fn_id, name: copyName.trim() });
		else setReason(answer.status === 409 ? words.trouble.taken : words.refusedTo(answer.reason));
	};
	return (
		<Dialog title={words.copyTitle(name)} onClose={onClose}>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					void copy();
				}}
			>
				<Field
					label={words.name}
					hint={words.nameHint}
					error={reason}
					value={copyName}
					maxLength={200}
					data-autofocus
					onInput={(typed) => {
						setCopyName(typed);
						setReason(undefined);
					}}
				/>
				<div class="code-actions">
					<Button onClick={onClose}>{texts.value.shell.cancel}</Button>
					<Button type="submit" kind="main" disabled={isBusy}>
						{words.copy}
					</Button>
				</div>
			</form>
		</Dialog>
	);
}

export interface RemoveDialogProps {
	readonly server: FunctionServer;
	readonly fnId: number;
	readonly name: string;
	readonly onRemoved: () => void;
	readonly onClose: () => void;
}

/** Deletes a function, or says where it is still used. */
export function RemoveDialog({ server, fnId, name, onRemoved, onClose }: RemoveDialogProps) {
	const words = codeTexts.value;
	const [uses, setUses] = useState<FunctionUses | "unknown">();
	useEffect(() => {
		void server.uses(fnId).then((answer) => setUses(answer.ok ? answer.body : "unknown"));
	}, [server, fnId]);
	const remove = async () => {
		const answer = await server.remove(fnId);
		if (!answer.ok) return words.refusedTo(answer.reason);
		onRemoved();
		return undefined;
	};
	const title = words.removeTitle(name);
	if (uses === undefined) {
		return (
			<Dialog title={title} onClose={onClose}>
				<Spinner />
			</Dialog>
		);
	}
	if (uses !== "unknown" && !isUnused(uses)) {
		return (
			<Dialog title={title} onClose={onClose}>
				<p>{words.removeUsed}</p>
				<UsesList uses={uses} />
			</Dialog>
		);
	}
	return (
		<ConfirmDialog
			title={title}
			confirm={words.remove}
			isDangerous
			onConfirm={remove}
			onClose={onClose}
		>
			<p>{words.removeText}</p>
		</ConfirmDialog>
	);
}
