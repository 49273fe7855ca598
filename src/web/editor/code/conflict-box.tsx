import { useState } from "preact/hooks";
import type { App } from "../app-context.ts";
import { Button } from "../kit/button.tsx";
import { formatAgo } from "../kit/format.ts";
import { DiffView } from "./diff-view.tsx";
import type { FunctionWork } from "./function-work.ts";
import { codeTexts } from "./words.ts";

/** Another person saved meanwhile: both versions, and which one is to stay. */
export default function ConflictBox({
	app,
	work,
}: {
	readonly app: App;
	readonly work: FunctionWork;
}) {
	const words = codeTexts.value;
	const [isBusy, setIsBusy] = useState(false);
	const newest = work.draft.conflict.value;
	if (newest === undefined) return null;
	const at = Date.parse(newest.date);
	const ago = formatAgo(Number.isNaN(at) ? app.clock.now() : at, app.clock.now());
	const does = (run: () => Promise<void>) => () => {
		setIsBusy(true);
		void run().finally(() => setIsBusy(false));
	};
	return (
		<section class="code-conflict">
			<p role="alert">{words.conflict(newest.by?.u_name ?? words.someone, ago)}</p>
			<DiffView
				from={{ name: words.theirs, text: newest.code }}
				to={{ name: words.mine, text: work.draft.code.value }}
			/>
			<div class="code-actions">
				<Button disabled={isBusy} onClick={does(() => work.keepMine())}>
					{words.keepMine}
				</Button>
				<Button disabled={isBusy} onClick={does(() => work.takeTheirs())}>
					{words.takeTheirs}
				</Button>
			</div>
		</section>
	);
}
