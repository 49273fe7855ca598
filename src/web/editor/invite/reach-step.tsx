import { useState } from "preact/hooks";
import type { App } from "../app-context.ts";
import { Button } from "../kit/button.tsx";
import { ConfirmDialog } from "../kit/dialog.tsx";
import { Icon } from "../kit/icons.tsx";
import { refusalText } from "../screens/project/refusal.ts";
import { texts } from "../texts/texts.ts";
import { type Opened, openToNetwork } from "./invite-server.ts";

/** Where only the server's own machine reaches it: says so, and lets an administrator open it. */
export function ReachStep({ app }: { readonly app: App }) {
	const words = texts.value.invite;
	const [isAsking, setIsAsking] = useState(false);
	const [opened, setOpened] = useState<Opened>();
	const open = async () => {
		const answer = await openToNetwork(app.ask);
		if (!answer.ok) return refusalText(answer);
		setOpened(answer.body);
		return undefined;
	};
	return (
		<div class="invite-warning" role="alert">
			<Icon name="warning" />
			<div>
				<p>
					<strong>{words.onlyHere}</strong>
				</p>
				{opened !== undefined ? (
					<>
						<p>{opened.todo === undefined ? words.opened : words.openedTodo(opened.todo)}</p>
						{opened.devices > 0 && <p>{words.openedDevices(opened.devices)}</p>}
					</>
				) : app.session.person.value.role === "admin" ? (
					<>
						<p>{words.onlyHereHint}</p>
						<Button onClick={() => setIsAsking(true)}>{words.openNetwork}</Button>
					</>
				) : (
					<p>{words.askAdmin}</p>
				)}
			</div>
			{isAsking && (
				<ConfirmDialog
					title={words.openTitle}
					confirm={words.openNetwork}
					onConfirm={open}
					onClose={() => setIsAsking(false)}
				>
					<p>{words.openHint}</p>
				</ConfirmDialog>
			)}
		</div>
	);
}
