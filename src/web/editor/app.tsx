import { useEffect, useRef } from "preact/hooks";
import type { App } from "./app-context.ts";
import { Boundary } from "./kit/boundary.tsx";
import { Button } from "./kit/button.tsx";
import { EmptyState, Spinner } from "./kit/states.tsx";
import { NoticeArea } from "./notice-area.tsx";
import type { NoticeList } from "./notices.ts";
import { LoginDialog, SetupScreen, screenOf, Welcome } from "./screens.tsx";
import { texts } from "./texts/texts.ts";
import { TopBar } from "./top-bar.tsx";

export interface EditorProps {
	readonly app: App;
	readonly notices: NoticeList;
}

/** The whole page. */
export function Editor({ app, notices }: EditorProps) {
	return (
		<>
			<Content app={app} />
			{app.session.state.value === "ended" && <LoginDialog app={app} />}
			<NoticeArea notices={notices} />
		</>
	);
}

const RETRY_MS = 3000;

function Content({ app }: { readonly app: App }) {
	const { session, clock } = app;
	const { shell } = texts.value;
	const state = session.state.value;
	useEffect(() => {
		if (state !== "unreachable") return;
		let cancel = () => {};
		const retry = () => {
			cancel = clock.after(RETRY_MS, () => void session.refresh().finally(retry));
		};
		retry();
		return () => cancel();
	}, [state, session, clock]);
	switch (state) {
		case "loading":
			return <Spinner />;
		case "unreachable":
			return (
				<EmptyState
					isScreen={true}
					icon="warning"
					title={shell.unreachable}
					action={<Button onClick={() => void session.refresh()}>{shell.again}</Button>}
				/>
			);
		case "setup":
			return <SetupScreen app={app} />;
		case "out":
			return <Welcome app={app} />;
		default:
			return <Inside app={app} />;
	}
}

function Inside({ app }: { readonly app: App }) {
	const main = useRef<HTMLElement>(null);
	const place = app.navigation.place.value;
	const isFirst = useRef(true);
	// Keyboards and screen readers go on where the new screen begins.
	useEffect(() => {
		if (!isFirst.current) main.current?.focus();
		isFirst.current = false;
	}, [place.screen]);
	// The project's own bar is the only one there: it needs the height.
	const screen = <Boundary place={place}>{screenOf(app, place)}</Boundary>;
	if (place.screen === "project") return screen;
	return (
		<div class="shell">
			<button type="button" class="shell-skip" onClick={() => main.current?.focus()}>
				{texts.value.shell.skip}
			</button>
			<TopBar app={app} />
			<main ref={main} tabIndex={-1}>
				{screen}
			</main>
		</div>
	);
}
