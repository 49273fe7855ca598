import type { App } from "../../app-context.ts";
import { Button } from "../../kit/button.tsx";
import { formatAgo } from "../../kit/format.ts";
import { Failed, Spinner } from "../../kit/states.tsx";
import { texts } from "../../texts/texts.ts";
import { useLoaded } from "../use-loaded.ts";

const PATH = "api/v1/account/sessions";

interface Session {
	readonly id: string;
	/** Seconds since 1970, as is `seen`. */
	readonly since: number;
	readonly seen: number;
	readonly is_this: boolean;
}

/** Where the reader is logged in, each with a button to end that. */
export function Sessions({ app }: { readonly app: App }) {
	const { account, lang } = texts.value;
	const { value, reason, reload } = useLoaded(
		() => app.ask<{ readonly sessions: readonly Session[] }>("GET", PATH),
		{ clock: app.clock },
	);
	const end = async (path: string) => {
		const answer = await app.ask<{ readonly ended: number }>("DELETE", path);
		if (answer.ok) app.notices.say(account.ended(answer.body.ended), "good");
		else app.notices.say(answer.reason, "bad");
		reload();
	};
	const timeOf = (at: number) =>
		new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" }).format(at * 1000);
	const sessions = value?.sessions ?? [];
	return (
		<section class="shell-card">
			<h2>{account.sessions}</h2>
			{value === undefined && reason === undefined && <Spinner />}
			{reason !== undefined && <Failed reason={reason} onRetry={reload} />}
			<ul class="account-sessions">
				{sessions.map(({ id, since, seen, is_this }) => (
					<li key={id}>
						<div>
							{is_this && <strong>{account.thisSession}</strong>}
							<span>{account.since(timeOf(since))}</span>
							{!is_this && <small>{account.seen(formatAgo(seen * 1000, app.clock.now()))}</small>}
						</div>
						{!is_this && (
							<Button
								aria-label={account.endSessionOf(timeOf(since))}
								onClick={() => void end(`${PATH}/${encodeURIComponent(id)}`)}
							>
								{account.endSession}
							</Button>
						)}
					</li>
				))}
			</ul>
			{sessions.length > 2 && <Button onClick={() => void end(PATH)}>{account.endOthers}</Button>}
		</section>
	);
}
