import type { App } from "../../app-context.ts";
import { Dialog } from "../../kit/dialog.tsx";
import { Form } from "../../kit/form.tsx";
import { texts } from "../../texts/texts.ts";
import { Credentials } from "./credentials.tsx";
import { logIn } from "./log-in.ts";

/** Over the page when the login has ended: what was typed stays, and what was asked for is sent once more. */
export default function LoginDialog({ app: { session } }: { readonly app: App }) {
	const { account } = texts.value;
	const submit = async (fields: FormData) => {
		const reason = await logIn(fields);
		if (reason === undefined) await session.refresh();
		return reason;
	};
	return (
		<Dialog title={account.logInAgain} onClose={session.leave}>
			<p>{account.logInAgainHint}</p>
			<Form submit={submit} button={account.logIn}>
				<Credentials isNew={false} name={session.person.value.u_name} />
			</Form>
		</Dialog>
	);
}
