import { useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { Button } from "../../kit/button.tsx";
import { ConfirmDialog, Dialog } from "../../kit/dialog.tsx";
import { Field } from "../../kit/fields.tsx";
import { Form } from "../../kit/form.tsx";
import { formatTime } from "../../kit/format.ts";
import { texts } from "../../texts/texts.ts";
import { useLoaded } from "../use-loaded.ts";
import { makeCode, type NewCode, registrationState, removeCodes } from "./people-server.ts";
import { refused } from "./refused.ts";

const DAYS = 7;
const MAX_DAYS = 3650;
const MAX_USES = 100_000;

export interface CodesDialogProps {
	readonly app: App;
	readonly onClose: () => void;
}

/** Codes with which people make accounts for themselves. */
export function CodesDialog({ app, onClose }: CodesDialogProps) {
	const { people } = texts.value;
	const state = useLoaded(() => registrationState(app.ask), { clock: app.clock });
	const [made, setMade] = useState<NewCode>();
	const [isAsking, setIsAsking] = useState(false);
	const [days, setDays] = useState(String(DAYS));
	const [count, setCount] = useState("1");
	const submit = async () => {
		const answer = await makeCode(app.ask, Number(days), Number(count));
		if (!answer.ok) return refused(people.codeNotMade, answer);
		setMade(answer.body);
		state.reload();
		return undefined;
	};
	const known = state.value;
	return (
		<Dialog title={people.codes} onClose={onClose}>
			<p>{people.codesHint}</p>
			{known !== undefined && <p>{people.mode[known.mode]}</p>}
			{made !== undefined && <MadeCode app={app} made={made} />}
			<Form submit={submit} button={people.codeMake}>
				<div class="people-numbers">
					<Field
						label={people.codeDays}
						value={days}
						onInput={setDays}
						type="number"
						min={1}
						max={MAX_DAYS}
						required
					/>
					<Field
						label={people.codeCount}
						value={count}
						onInput={setCount}
						type="number"
						min={1}
						max={MAX_USES}
						required
					/>
				</div>
			</Form>
			{known !== undefined && (
				<div class="people-kept">
					<p>{people.codesKept(known.codes.length)}</p>
					{known.codes.length > 0 && (
						<Button icon="trash" onClick={() => setIsAsking(true)}>
							{people.codesRemove}
						</Button>
					)}
				</div>
			)}
			{isAsking && (
				<RevokeDialog
					app={app}
					onDone={() => {
						setMade(undefined);
						state.reload();
					}}
					onClose={() => setIsAsking(false)}
				/>
			)}
		</Dialog>
	);
}

function MadeCode({ app, made }: { readonly app: App; readonly made: NewCode }) {
	const { people } = texts.value;
	const copy = async () => {
		try {
			await navigator.clipboard.writeText(made.code);
			app.notices.say(people.codeCopied, "good");
		} catch {
			app.notices.say(people.notCopied, "bad");
		}
	};
	return (
		<div class="people-code" role="status">
			<p>{people.codeMade}</p>
			<p>
				<code>{made.code}</code>
			</p>
			<p>{people.codeUntil(formatTime(made.expires_at * 1000), made.count)}</p>
			<Button icon="copy" onClick={() => void copy()}>
				{people.codeCopy}
			</Button>
		</div>
	);
}

interface RevokeDialogProps extends CodesDialogProps {
	readonly onDone: () => void;
}

function RevokeDialog({ app, onDone, onClose }: RevokeDialogProps) {
	const { people } = texts.value;
	const revoke = async () => {
		const answer = await removeCodes(app.ask);
		if (!answer.ok) return refused(people.notChanged, answer);
		app.notices.say(people.codesRemoved, "good");
		onDone();
		return undefined;
	};
	return (
		<ConfirmDialog
			title={people.codesRemoveTitle}
			confirm={people.codesRemoveNow}
			isDangerous
			onConfirm={revoke}
			onClose={onClose}
		>
			<p>{people.codesRemoveHint}</p>
		</ConfirmDialog>
	);
}
