import { LogIn } from "./forms.tsx";
import { ask, type Done, type State } from "./server.ts";
import type { Texts } from "./texts.ts";

/** Without a key: only where to get it. */
export function NeedKey({ texts }: { readonly texts: Texts }) {
	const [terminal, service] = texts.keyIsIn;
	return (
		<>
			<h2>{texts.noAdmin}</h2>
			<p>{terminal}</p>
			<p>{service}</p>
			<p>
				<code>{texts.keyCommand}</code>
			</p>
		</>
	);
}

/** After the set-up: what comes next. */
export function Next({
	texts,
	done,
	onNext,
}: {
	readonly texts: Texts;
	readonly done: Done;
	readonly onNext: () => void;
}) {
	return (
		<>
			<h2>{texts.done}</h2>
			{done.todo !== undefined && (
				<p class="wrong">
					{texts.todo} <code>{done.todo}</code>
				</p>
			)}
			<p>{texts.addresses}</p>
			<ul>
				{done.addresses.map((address) => (
					<li key={address}>
						<a href={address}>{address}</a>
					</li>
				))}
			</ul>
			{done.devices > 0 && <p>{texts.devices(done.devices)}</p>}
			{done.token !== undefined && (
				<>
					<p>
						{texts.token}: <code>{done.token}</code>
					</p>
					{done.token_address !== undefined && (
						<p>
							{texts.tokenHint} <code>{done.token_address}</code>
						</p>
					)}
				</>
			)}
			<button type="button" onClick={onNext}>
				{texts.next}
			</button>
		</>
	);
}

/** With an administrator: the login, and what there is until the editor is here. */
export function Home({
	texts,
	state,
	onChange,
}: {
	readonly texts: Texts;
	readonly state: State;
	readonly onChange: () => void;
}) {
	if (state.name === null) {
		return (
			<>
				<h2>{texts.logIn}</h2>
				<LogIn texts={texts} onDone={onChange} />
			</>
		);
	}
	const role = texts.roles[state.role ?? ""] ?? "";
	const logOut = () => ask("GET", "api/v0/account/logout").then(onChange, onChange);
	return (
		<>
			<p>{texts.loggedIn(state.name, role)}</p>
			<p>{texts.soon}</p>
			<p>{texts.walkThrough}</p>
			{state.role === "admin" && (
				<ul>
					<li>
						<a href="../openapi">{texts.api}</a>
					</li>
					<li>
						<a href="../live">{texts.live}</a>
					</li>
				</ul>
			)}
			<button type="button" onClick={() => void logOut()}>
				{texts.logOut}
			</button>
		</>
	);
}
