import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { LogIn, SetUp } from "./forms.tsx";
import { ask, type Done, keyIn, type State } from "./server.ts";
import { en, type Texts, textsFor, zh } from "./texts.ts";

const LANGUAGE = "iottalk-language";

/** Some browsers keep a page from storing anything. */
function chosenLanguage(): string | null {
	try {
		return localStorage.getItem(LANGUAGE);
	} catch {
		return null;
	}
}

function keepLanguage(lang: string): void {
	try {
		localStorage.setItem(LANGUAGE, lang);
	} catch {
		// It holds for this visit then.
	}
}

function NeedKey({ texts }: { readonly texts: Texts }) {
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

function Next({
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

function Home({
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

function App() {
	const [texts, setTexts] = useState(() => textsFor(chosenLanguage(), navigator.language));
	const [state, setState] = useState<State | "loading" | "unreachable">("loading");
	const [key, setKey] = useState(() => keyIn(location.hash));
	const [done, setDone] = useState<Done>();
	const look = () => {
		ask<State>("GET", "api/v1/setup").then(
			({ body }) => setState(body ?? "unreachable"),
			() => setState("unreachable"),
		);
	};
	useEffect(() => {
		look();
		const follow = () => setKey(keyIn(location.hash));
		addEventListener("hashchange", follow);
		return () => removeEventListener("hashchange", follow);
	}, []);
	useEffect(() => {
		document.documentElement.lang = texts.lang;
	}, [texts]);
	const switchLanguage = () => {
		const other = texts === en ? zh : en;
		keepLanguage(other.lang);
		setTexts(other);
	};
	const finish = (made: Done) => {
		setDone(made);
		// It was for one use; a reload should not ask for it again.
		history.replaceState(null, "", "./");
	};
	const goOn = () => {
		setDone(undefined);
		setKey(undefined);
		look();
	};
	return (
		<>
			<header>
				<h1>IoTtalk</h1>
				<button
					type="button"
					class="language"
					lang={texts === en ? zh.lang : en.lang}
					onClick={switchLanguage}
				>
					{texts.other}
				</button>
			</header>
			{done !== undefined ? (
				<Next texts={texts} done={done} onNext={goOn} />
			) : state === "loading" ? (
				<p role="status">{texts.loading}</p>
			) : state === "unreachable" ? (
				<>
					<p role="alert">{texts.unreachable}</p>
					<button type="button" onClick={look}>
						{texts.again}
					</button>
				</>
			) : !state.needed ? (
				<Home texts={texts} state={state} onChange={look} />
			) : key === undefined ? (
				<NeedKey texts={texts} />
			) : (
				<>
					<h2>{texts.setUp}</h2>
					<p>{texts.setUpHint}</p>
					<SetUp texts={texts} keyText={key} onDone={finish} />
				</>
			)}
		</>
	);
}

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
