import { useEffect, useState } from "preact/hooks";
import { ConfirmDialog, Dialog } from "../kit/dialog.tsx";
import { Spinner } from "../kit/states.tsx";
import type { FunctionServer, FunctionUses } from "./functions-server.ts";
import { isUnused, UsesList } from "./uses-list.tsx";
import { codeTexts } from "./words.ts";

export interface RemoveDialogProps {
	readonly server: FunctionServer;
	readonly fnId: number;
	readonly name: string;
	readonly onRemoved: () => void;
	readonly onClose: () => void;
}

/** Deletes a function, or says where it is still used. */
export default function RemoveDialog({
	server,
	fnId,
	name,
	onRemoved,
	onClose,
}: RemoveDialogProps) {
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
