import { useEffect, useState } from "preact/hooks";
import type { App } from "../app-context.ts";
import { Button } from "../kit/button.tsx";
import { formatAgo, formatTime } from "../kit/format.ts";
import { DiffView } from "./diff-view.tsx";
import type { FunctionWork } from "./function-work.ts";
import type { FunctionServer, VersionHead } from "./functions-server.ts";
import { codeTexts } from "./words.ts";

export interface VersionsPanelProps {
	readonly app: App;
	readonly server: FunctionServer;
	readonly work: FunctionWork;
}

/** All versions; of the chosen one the difference to what is in the editor, and a way back to it. */
export default function VersionsPanel({ app, server, work }: VersionsPanelProps) {
	const words = codeTexts.value;
	const versions = work.draft.saved.value?.versions ?? [];
	const [chosen, setChosen] = useState<number>();
	if (versions.length === 0) return <p>{words.noVersions}</p>;
	return (
		<ol class="code-versions">
			{versions.map((version, at) => {
				const isChosen = version.fnvt_idx === chosen;
				return (
					<li key={version.fnvt_idx}>
						<button
							type="button"
							class="code-version"
							aria-expanded={isChosen}
							onClick={() => setChosen(isChosen ? undefined : version.fnvt_idx)}
						>
							<VersionName {...{ app, version }} />
							{at === 0 && <small>{words.newest}</small>}
						</button>
						{isChosen && <Version {...{ app, server, work, version }} />}
					</li>
				);
			})}
		</ol>
	);
}

function VersionName({ app, version }: { readonly app: App; readonly version: VersionHead }) {
	const at = Date.parse(version.date);
	if (Number.isNaN(at)) return <span>{version.fnvt_idx}</span>;
	return (
		<span>
			<time dateTime={version.date} title={formatTime(at)}>
				{formatAgo(at, app.clock.now())}
			</time>{" "}
			· {version.by?.u_name ?? codeTexts.value.someone}
		</span>
	);
}

function Version({
	app,
	server,
	work,
	version,
}: VersionsPanelProps & { readonly version: VersionHead }) {
	const words = codeTexts.value;
	const [code, setCode] = useState<string>();
	const [reason, setReason] = useState<string>();
	useEffect(() => {
		let isThere = true;
		void server.version(version.fnvt_idx).then((answer) => {
			if (!isThere) return;
			if (answer.ok) setCode(answer.body.code);
			else setReason(answer.reason);
		});
		return () => {
			isThere = false;
		};
	}, [server, version.fnvt_idx]);
	if (reason !== undefined) return <p class="kit-error">{words.refusedTo(reason)}</p>;
	if (code === undefined) return null;
	const restore = () => {
		work.draft.replace(code);
		app.notices.say(words.restored, "good");
	};
	return (
		<>
			<DiffView
				from={{ name: words.version, text: code }}
				to={{ name: words.editorText, text: work.draft.code.value }}
			/>
			{code !== work.draft.code.value && !work.draft.isReadOnly.value && (
				<Button icon="undo" onClick={restore}>
					{words.restore}
				</Button>
			)}
		</>
	);
}
