import { useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { Button } from "../../kit/button.tsx";
import { Field } from "../../kit/fields.tsx";
import { Form } from "../../kit/form.tsx";
import { useTitle } from "../../kit/use-title.ts";
import { texts } from "../../texts/texts.ts";
import { Credentials } from "./credentials.tsx";
import { logIn, register } from "./log-in.ts";
import { Outside } from "./outside.tsx";

/** Before the login: logging in, or making an account where that is allowed. */
export default function Welcome({ app }: { readonly app: App }) {
	const { account } = texts.value;
	const { registration } = app.session.server.value;
	const [isNew, setIsNew] = useState(false);
	const title = isNew ? account.create : account.logIn;
	useTitle(title);
	const submit = async (fields: FormData) => {
		const reason = await (isNew ? register(fields) : logIn(fields));
		if (reason === undefined) await app.session.refresh();
		return reason;
	};
	return (
		<Outside>
			<h1>{title}</h1>
			<Form key={title} submit={submit} button={isNew ? account.createAction : account.logIn}>
				<Credentials isNew={isNew} />
				{isNew && registration === "code" && (
					<Field
						label={account.code}
						hint={account.codeHint}
						name="code"
						autocomplete="off"
						autocapitalize="none"
						maxLength={100}
						required
					/>
				)}
			</Form>
			{registration === "closed" ? (
				<p class="kit-hint">{account.closed}</p>
			) : (
				<Button kind="quiet" onClick={() => setIsNew(!isNew)}>
					{isNew ? account.haveAccount : account.noAccount}
				</Button>
			)}
		</Outside>
	);
}
