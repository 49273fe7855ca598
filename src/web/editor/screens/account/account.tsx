import { useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { Field } from "../../kit/fields.tsx";
import { Form } from "../../kit/form.tsx";
import { useTitle } from "../../kit/use-title.ts";
import { texts } from "../../texts/texts.ts";
import { Sessions } from "./sessions.tsx";
import "./account.css";

/** The reader's own account. */
export default function AccountScreen({ app }: { readonly app: App }) {
	const { account, shell } = texts.value;
	const { u_name: name, role } = app.session.person.value;
	const [round, setRound] = useState(0);
	useTitle(account.account);
	const submit = async (fields: FormData) => {
		const passwords = { old_password: fields.get("old"), password: fields.get("new") };
		const answer = await app.ask("POST", "api/v0/account/password", passwords);
		if (!answer.ok) return answer.status === 403 ? account.wrongOld : answer.reason;
		app.notices.say(account.changed, "good");
		setRound(round + 1);
		return undefined;
	};
	return (
		<div class="account">
			<h1>{account.account}</h1>
			<p class="account-who">{shell.loggedInAs(name, shell.roles[role])}</p>
			<section class="shell-card">
				<h2>{account.changePassword}</h2>
				<Form key={round} submit={submit} button={account.changePassword}>
					{/* For password managers, which else do not know whose password it is. */}
					<input type="text" autocomplete="username" value={name} hidden readOnly />
					<Field
						label={account.oldPassword}
						name="old"
						type="password"
						autocomplete="current-password"
						required
					/>
					<Field
						label={account.newPassword}
						hint={account.passwordHint}
						name="new"
						type="password"
						autocomplete="new-password"
						minLength={8}
						required
					/>
				</Form>
			</section>
			<Sessions app={app} />
		</div>
	);
}
