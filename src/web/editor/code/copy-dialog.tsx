import { useState } from "preact/hooks";
import { Button } from "../kit/button.tsx";
import { Dialog } from "../kit/dialog.tsx";
import { Field } from "../kit/fields.tsx";
import { texts } from "../texts/texts.ts";
import type { FunctionServer, Pinned } from "./functions-server.ts";
import { codeTexts } from "./words.ts";

export interface CopyDialogProps {
	readonly server: FunctionServer;
	readonly name: string;
	readonly code: string;
	readonly pinned: readonly Pinned[];
	readonly onCopied: (copy: { readonly fnId: number; readonly name: string }) => void;
	readonly onClose: () => void;
}

/** Makes a function of the reader's with the same source. */
export default function CopyDialog({
	server,
	name,
	code,
	pinned,
	onCopied,
	onClose,
}: CopyDialogProps) {
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
