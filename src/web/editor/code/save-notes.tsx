import { useState } from "preact/hooks";
import type { App } from "../app-context.ts";
import { Button } from "../kit/button.tsx";
import { ConfirmDialog } from "../kit/dialog.tsx";
import { formatAgo } from "../kit/format.ts";
import { ExplainedError } from "./explained-error.tsx";
import type { FunctionWork, Trouble } from "./function-work.ts";
import { lastOf, readPythonError } from "./python-errors.ts";
import { codeTexts } from "./words.ts";

/** Says that a draft was found, and lets it go on demand. */
export function DraftNote({ app, work }: { readonly app: App; readonly work: FunctionWork }) {
	const words = codeTexts.value;
	const [asks, setAsks] = useState(false);
	const at = work.draft.foundAt.value;
	return (
		<>
			{at !== undefined && work.draft.isDirty.value && (
				<div class="code-note" role="status">
					<p>{words.foundDraft(formatAgo(at, app.clock.now()))}</p>
					<Button kind="quiet" onClick={() => setAsks(true)}>
						{words.discard}
					</Button>
				</div>
			)}
			{asks && (
				<ConfirmDialog
					title={words.discardTitle}
					confirm={words.discard}
					isDangerous
					onConfirm={async () => {
						work.discard();
						return undefined;
					}}
					onClose={() => setAsks(false)}
				>
					<p>{words.discardText}</p>
				</ConfirmDialog>
			)}
		</>
	);
}

export interface TroubleNoteProps {
	readonly work: FunctionWork;
	readonly onLine: (line: number) => void;
}

/** Why a function was not saved or not tried. */
export function TroubleNote({ work, onLine }: TroubleNoteProps) {
	const { value } = work.trouble;
	// A missing name is said at its field.
	const trouble = value?.kind === "name" ? undefined : value;
	const reason = trouble?.kind === "refused" ? trouble.reason : undefined;
	const isPython = reason !== undefined && isFromPython(reason);
	return (
		<div role="alert">
			{trouble !== undefined && <p class="code-trouble">{sentenceOf(trouble, isPython)}</p>}
			{isPython && (
				<ExplainedError
					reason={reason}
					context={{ code: work.draft.code.value, wire: work.wire }}
					line={lineIn(reason)}
					onLine={onLine}
				/>
			)}
		</div>
	);
}

function sentenceOf(trouble: Trouble, isPython: boolean): string {
	const words = codeTexts.value;
	if (trouble.kind === "rows") return words.trouble.rows(trouble.rows);
	if (trouble.kind === "refused" && !isPython) return words.refusedTo(trouble.reason);
	return words.trouble[trouble.kind];
}

function isFromPython(reason: string): boolean {
	return lastOf(reason).type !== "" || readPythonError(reason).id !== "other";
}

function lineIn(reason: string): number | null {
	const found = /line (\d+)/.exec(reason)?.[1];
	return found === undefined ? null : Number(found);
}
