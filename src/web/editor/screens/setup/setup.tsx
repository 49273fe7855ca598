import { useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { Button } from "../../kit/button.tsx";
import { Form } from "../../kit/form.tsx";
import { useTitle } from "../../kit/use-title.ts";
import { ask } from "../../server/ask.ts";
import { texts } from "../../texts/texts.ts";
import { Credentials } from "../login/credentials.tsx";
import { Outside } from "../login/outside.tsx";
import "./setup.css";

/** What became of the set-up. */
interface Done {
	readonly addresses: readonly string[];
	readonly devices: number;
	readonly token?: string;
	readonly token_address?: string;
	readonly todo?: string;
}

/** On a server without administrator: makes the first one, with the key of the terminal. */
export default function SetupScreen({ app }: { readonly app: App }) {
	const { account, shell } = texts.value;
	const [done, setDone] = useState<Done>();
	const place = app.navigation.place.value;
	useTitle(account.setUp);
	if (done !== undefined) return <Next done={done} onNext={() => void app.session.refresh()} />;
	if (place.screen !== "setup") return <NeedKey />;
	const submit = async (fields: FormData) => {
		const request = { ...Object.fromEntries(fields), key: place.key };
		const answer = await ask<Done>("POST", "api/v1/setup", request);
		if (!answer.ok) return answer.status === 0 ? shell.unreachableNow : answer.reason;
		setDone(answer.body);
		// It was for one use; a reload should not ask for it again.
		app.navigation.go({ screen: "projects" }, "replace");
		return undefined;
	};
	return (
		<Outside>
			<h1>{account.setUp}</h1>
			<p>{account.setUpHint}</p>
			<Form submit={submit} button={account.setUpAction}>
				<Credentials isNew={true} />
				<fieldset class="setup-reach">
					<legend>{account.reach}</legend>
					<Reach value="local" label={account.local} hint={account.localHint} isFirst={true} />
					<Reach
						value="network"
						label={account.network}
						hint={account.networkHint}
						isFirst={false}
					/>
				</fieldset>
			</Form>
		</Outside>
	);
}

/** Without a key: only where to get it. */
function NeedKey() {
	const { account } = texts.value;
	return (
		<Outside>
			<h1>{account.noAdmin}</h1>
			<p>{account.keyIsIn}</p>
			<p>{account.keyFromService}</p>
			<pre>sudo iotctl setup</pre>
			<p>{account.keyWithoutService}</p>
		</Outside>
	);
}

interface ReachProps {
	readonly value: "local" | "network";
	readonly label: string;
	readonly hint: string;
	readonly isFirst: boolean;
}

function Reach({ value, label, hint, isFirst }: ReachProps) {
	return (
		<label class="setup-choice">
			<input type="radio" name="reach" value={value} defaultChecked={isFirst} />
			<span>
				{label}
				<small>{hint}</small>
			</span>
		</label>
	);
}

/** After the set-up: what comes next. */
function Next({ done, onNext }: { readonly done: Done; readonly onNext: () => void }) {
	const { account } = texts.value;
	return (
		<Outside>
			<h1>{account.done}</h1>
			{done.todo !== undefined && (
				<p class="kit-error">
					{account.todo} <code>{done.todo}</code>
				</p>
			)}
			<p>{account.addresses}</p>
			<ul class="setup-addresses">
				{done.addresses.map((address) => (
					<li key={address}>
						<a href={address}>{address}</a>
					</li>
				))}
			</ul>
			{done.devices > 0 && <p>{account.devices(done.devices)}</p>}
			{done.token !== undefined && (
				<p>
					{account.token}: <code>{done.token}</code>
				</p>
			)}
			{done.token_address !== undefined && (
				<p>
					{account.tokenHint} <code>{done.token_address}</code>
				</p>
			)}
			<Button kind="main" onClick={onNext}>
				{account.next}
			</Button>
		</Outside>
	);
}
