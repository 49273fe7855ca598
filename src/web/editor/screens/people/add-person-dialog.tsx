import { useState } from "preact/hooks";
import type { App, Role } from "../../app-context.ts";
import { Dialog } from "../../kit/dialog.tsx";
import { Field, Select } from "../../kit/fields.tsx";
import { Form } from "../../kit/form.tsx";
import { texts } from "../../texts/texts.ts";
import { PasswordField } from "./password-field.tsx";
import { addPerson } from "./people-server.ts";
import { refused } from "./refused.ts";
import type { NewLogin } from "./sheet.ts";

export interface AddDialogProps {
	readonly app: App;
	/** @param logins Those whose passwords are to be shown. */
	readonly onAdded: (logins: readonly NewLogin[]) => void;
	readonly onClose: () => void;
}

/** Adds one account; a teacher's is always that of a student. */
export function AddPersonDialog({ app, onAdded, onClose }: AddDialogProps) {
	const { people, shell } = texts.value;
	const isAdmin = app.session.person.value.role === "admin";
	const [name, setName] = useState("");
	const [password, setPassword] = useState("");
	const [role, setRole] = useState<Role>(isAdmin ? "teacher" : "student");
	const submit = async () => {
		const username = name.trim();
		const answer = await addPerson(app.ask, { username, password, role });
		if (!answer.ok) return refused(people.notAdded, answer);
		app.notices.say(people.added(username), "good");
		onAdded([]);
		return undefined;
	};
	const roles = (["student", "teacher", "admin"] as const).map((value) => ({
		value,
		text: shell.roles[value],
	}));
	return (
		<Dialog title={people.add} onClose={onClose}>
			<Form submit={submit} button={people.addNow}>
				<Field
					label={people.name}
					hint={people.nameHint}
					value={name}
					onInput={setName}
					required
					maxLength={64}
					data-autofocus
					autocomplete="off"
					autocapitalize="none"
					spellcheck={false}
				/>
				{isAdmin && (
					<Select
						label={people.role}
						value={role}
						options={roles}
						onChange={(value) => {
							const chosen = roles.find((one) => one.value === value);
							if (chosen !== undefined) setRole(chosen.value);
						}}
					/>
				)}
				<PasswordField value={password} isAdmin={role === "admin"} onInput={setPassword} />
			</Form>
		</Dialog>
	);
}
