import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { SetUp } from "./forms.tsx";
import { useLanguage } from "./language.ts";
import { ask, type Done, keyIn, type State } from "./server.ts";
import { en, type Texts, zh } from "./texts.ts";
import { Home, NeedKey, Next } from "./views.tsx";

function App() {
	const { texts, switchLanguage } = useLanguage();
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
			<Content texts={texts} />
		</>
	);
}

function Content({ texts }: { readonly texts: Texts }) {
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
	if (done !== undefined) return <Next texts={texts} done={done} onNext={goOn} />;
	if (state === "loading") return <p role="status">{texts.loading}</p>;
	if (state === "unreachable") {
		return (
			<>
				<p role="alert">{texts.unreachable}</p>
				<button type="button" onClick={look}>
					{texts.again}
				</button>
			</>
		);
	}
	if (!state.needed) return <Home texts={texts} state={state} onChange={look} />;
	if (key === undefined) return <NeedKey texts={texts} />;
	return (
		<>
			<h2>{texts.setUp}</h2>
			<p>{texts.setUpHint}</p>
			<SetUp texts={texts} keyText={key} onDone={finish} />
		</>
	);
}

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
