import { useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { Dialog } from "../../kit/dialog.tsx";
import { Form } from "../../kit/form.tsx";
import { texts } from "../../texts/texts.ts";
import { PasswordField } from "./password-field.tsx";
import { type PersonRow, setPassword } from "./people-server.ts";
import { refused } from "./refused.ts";

export interface PasswordDialogProps {
	readonly app: App;
	readonly row: PersonRow;
	readonly onClose: () => void;
}

/** Sets the password of another person. */
export function PasswordDialog({ app, row, onClose }: PasswordDialogProps) {
	const { people } = texts.value;
	const [password, setText] = useState("");
	const submit = async () => {
		const answer = await setPassword(app.ask, row.u_id, password);
		if (!answer.ok) return refused(people.passwordNotSet, answer);
		app.notices.say(people.passwordSet(row.u_name), "good");
		onClose();
		return undefined;
	};
	return (
		<Dialog title={people.setPasswordTitle(row.u_name)} onClose={onClose}>
			<p>{people.setPasswordHint}</p>
			<Form submit={submit} button={people.setPasswordNow}>
				<PasswordField value={password} isAdmin={row.role === "admin"} onInput={setText} />
			</Form>
		</Dialog>
	);
}
