import { useState } from "preact/hooks";
import type { App } from "../app-context.ts";
import { Button } from "../kit/button.tsx";
import { refusalText } from "../screens/project/refusal.ts";
import { useLoaded } from "../screens/use-loaded.ts";
import { texts } from "../texts/texts.ts";
import { getHttps, type Https, openHttps } from "./invite-server.ts";

/** For sensors that browsers keep from unencrypted pages; the first lesson needs none of it. */
export function HttpsStep({ app }: { readonly app: App }) {
	const words = texts.value.invite;
	const asked = useLoaded(() => getHttps(app.ask), { clock: app.clock });
	const [made, setMade] = useState<Https>();
	const [reason, setReason] = useState<string>();
	const [isBusy, setIsBusy] = useState(false);
	const { https, may = false, by_ini: isByIni = false, todo } = made ?? asked.value ?? {};
	const open = async () => {
		setIsBusy(true);
		const answer = await openHttps(app.ask);
		setIsBusy(false);
		setReason(answer.ok ? undefined : refusalText(answer));
		if (answer.ok) setMade(answer.body);
	};
	return (
		<details class="invite-more">
			<summary>{words.https}</summary>
			<p>{words.httpsWhy}</p>
			{https === null && !may && <p>{isByIni ? words.httpsByIni : words.httpsAskAdmin}</p>}
			{https === null && may && (
				<>
					<p>{words.httpsHow}</p>
					<Button disabled={isBusy} onClick={() => void open()}>
						{words.httpsOpen}
					</Button>
				</>
			)}
			{https !== null && https !== undefined && (
				<>
					<p>
						{words.httpsIsOpen} <code>{https.address}</code>
					</p>
					{https.self_signed && <OneTap />}
				</>
			)}
			{todo !== undefined && <p class="kit-error">{words.openedTodo(todo)}</p>}
			<p class="kit-error" role="alert">
				{reason}
			</p>
		</details>
	);
}

/** What each phone asks once. */
function OneTap() {
	const { httpsTap, httpsTaps } = texts.value.invite;
	return (
		<>
			<p>{httpsTap}</p>
			<ul>
				{Object.entries(httpsTaps).map(([phone, tap]) => (
					<li key={phone}>{tap}</li>
				))}
			</ul>
		</>
	);
}
