import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type Answer, ask, type Done } from "./server.ts";
import type { Texts } from "./texts.ts";

/** A form that shows why it was refused. */
function Form({
	texts,
	submit,
	button,
	children,
}: {
	readonly texts: Texts;
	/** @returns why it was refused; undefined: it was not. */
	readonly submit: (fields: FormData) => Promise<string | undefined>;
	readonly button: string;
	readonly children: ComponentChildren;
}) {
	const [reason, setReason] = useState("");
	const [isBusy, setIsBusy] = useState(false);
	const send = async (event: SubmitEvent) => {
		event.preventDefault();
		if (!(event.currentTarget instanceof HTMLFormElement)) return;
		const fields = new FormData(event.currentTarget);
		setIsBusy(true);
		setReason((await submit(fields).catch(() => texts.unreachable)) ?? "");
		setIsBusy(false);
	};
	return (
		<form onSubmit={(event) => void send(event)}>
			<p class="wrong" role="alert">
				{reason}
			</p>
			{children}
			<button type="submit" disabled={isBusy}>
				{button}
			</button>
		</form>
	);
}

function Credentials({ texts, isNew }: { readonly texts: Texts; readonly isNew: boolean }) {
	return (
		<>
			<label>
				{texts.name}
				<input name="name" autocomplete="username" autocapitalize="none" maxLength={64} required />
			</label>
			<label>
				{texts.password}
				<input
					name="password"
					type="password"
					autocomplete={isNew ? "new-password" : "current-password"}
					{...(isNew && { minLength: 8, "aria-describedby": "password-hint" })}
					required
				/>
			</label>
			{isNew && (
				<p id="password-hint" class="hint">
					{texts.passwordHint}
				</p>
			)}
		</>
	);
}

export function LogIn({ texts, onDone }: { readonly texts: Texts; readonly onDone: () => void }) {
	const submit = async (fields: FormData) => {
		const [username, password] = [fields.get("name"), fields.get("password")];
		const answer = await ask("POST", "api/v0/account/login", { username, password });
		if (answer.body === undefined) return answer.status === 401 ? texts.wrong : answer.reason;
		onDone();
		return undefined;
	};
	return (
		<Form texts={texts} submit={submit} button={texts.logIn}>
			<Credentials texts={texts} isNew={false} />
		</Form>
	);
}

export function SetUp({
	texts,
	keyText,
	onDone,
}: {
	readonly texts: Texts;
	readonly keyText: string;
	readonly onDone: (done: Done) => void;
}) {
	const submit = async (fields: FormData) => {
		const answer: Answer<Done> = await ask("POST", "api/v1/setup", {
			...Object.fromEntries(fields),
			key: keyText,
		});
		if (answer.body === undefined) return answer.reason;
		onDone(answer.body);
		return undefined;
	};
	return (
		<Form texts={texts} submit={submit} button={texts.create}>
			<Credentials texts={texts} isNew={true} />
			<fieldset>
				<legend>{texts.reach}</legend>
				<Reach value="local" label={texts.local} hint={texts.localHint} isFirst={true} />
				<Reach value="network" label={texts.network} hint={texts.networkHint} isFirst={false} />
			</fieldset>
		</Form>
	);
}

function Reach({
	value,
	label,
	hint,
	isFirst,
}: {
	readonly value: string;
	readonly label: string;
	readonly hint: string;
	readonly isFirst: boolean;
}) {
	return (
		<label class="choice">
			<input type="radio" name="reach" value={value} defaultChecked={isFirst} />
			<span>
				{label}
				<small>{hint}</small>
			</span>
		</label>
	);
}
