import { useEffect, useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { Button } from "../../kit/button.tsx";
import { ConfirmDialog } from "../../kit/dialog.tsx";
import { texts } from "../../texts/texts.ts";
import { useLoaded } from "../use-loaded.ts";
import { reachedAt } from "./people-server.ts";
import { type NewLogin, sheetText } from "./sheet.ts";
import { isOnlyHere, sheetAddress } from "./sheet-address.ts";

export interface PasswordSheetProps {
	readonly app: App;
	readonly logins: readonly NewLogin[];
	readonly onDone: () => void;
}

/** New accounts with their passwords, to be printed and cut apart; they cannot be shown again. */
export function PasswordSheet({ app, logins, onDone }: PasswordSheetProps) {
	const { people } = texts.value;
	const [isKept, setIsKept] = useState(false);
	const [isLeaving, setIsLeaving] = useState(false);
	useEffect(() => {
		if (isKept) return;
		const warn = (event: BeforeUnloadEvent) => event.preventDefault();
		addEventListener("beforeunload", warn);
		return () => removeEventListener("beforeunload", warn);
	}, [isKept]);
	const copy = async () => {
		try {
			await navigator.clipboard.writeText(sheetText(logins));
			setIsKept(true);
			app.notices.say(people.copied, "good");
		} catch {
			// Without https the browser has no clipboard for pages.
			app.notices.say(people.notCopied, "bad");
		}
	};
	const printSheet = () => {
		setIsKept(true);
		print();
	};
	const { value: reached } = useLoaded(() => reachedAt(app.ask), { clock: app.clock });
	const address = sheetAddress(location.href, reached);
	return (
		<section class="people-sheet">
			<h1>{people.sheetTitle}</h1>
			<p class="people-once">{people.sheetOnce}</p>
			{isOnlyHere(location.href, reached) && <p class="people-once">{people.sheetOnlyHere}</p>}
			<div class="people-actions">
				<Button kind="main" icon="log" onClick={printSheet}>
					{people.print}
				</Button>
				<Button icon="copy" onClick={() => void copy()}>
					{people.copyList}
				</Button>
				<Button onClick={() => (isKept ? onDone() : setIsLeaving(true))}>{people.sheetDone}</Button>
			</div>
			<ul>
				{logins.map(({ username, password }) => (
					<li key={username}>
						<dl>
							<dt>{people.name}</dt>
							<dd>{username}</dd>
							<dt>{people.password}</dt>
							<dd class="people-secret">{password}</dd>
							<dt>{people.sheetAddress}</dt>
							<dd>{address}</dd>
						</dl>
					</li>
				))}
			</ul>
			{isLeaving && (
				<ConfirmDialog
					title={people.sheetLeaveTitle}
					confirm={people.sheetLeaveNow}
					onConfirm={async () => {
						onDone();
						return undefined;
					}}
					onClose={() => setIsLeaving(false)}
				>
					<p>{people.sheetLeaveHint}</p>
				</ConfirmDialog>
			)}
		</section>
	);
}
