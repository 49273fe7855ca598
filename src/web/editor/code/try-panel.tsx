import { Button, IconButton } from "../kit/button.tsx";
import { formatNumber } from "../kit/format.ts";
import { isTyping } from "../kit/typing.ts";
import { ExplainedError } from "./explained-error.tsx";
import type { FunctionWork } from "./function-work.ts";
import type { Stage, Tried } from "./functions-server.ts";
import type { ErrorContext } from "./python-errors.ts";
import type { Row } from "./sample-rows.ts";
import { MAX_ROWS, readSample, sampleText, verdictOf } from "./try-rows.ts";
import { codeTexts } from "./words.ts";

export interface TryPanelProps {
	readonly work: FunctionWork;
	readonly stage: Stage;
	/** Absent: there is no wire. */
	readonly onUseLive: (() => void) | undefined;
	readonly onTry: () => void;
	readonly onLine: (line: number) => void;
}

/** Samples, what the function gives for them, and those that are pinned. */
export function TryPanel({ work, stage, onUseLive, onTry, onLine }: TryPanelProps) {
	const words = codeTexts.value;
	const { trial } = work;
	const { samples } = work.draft;
	const rows = samples.rows.value;
	const bench = trial.bench.value;
	const context = { code: work.draft.code.value, wire: work.wire };
	const loading = trial.loading.value;
	return (
		<div class="code-try">
			<p class="kit-hint">{stage === "join" ? words.tryHintJoin : words.tryHint}</p>
			{bench === "off" && <p class="code-note">{words.benchOff}</p>}
			{bench === "forbidden" && <p class="code-note">{words.benchForbidden}</p>}
			<div class="code-actions">
				<Button
					icon="play"
					kind="plain"
					title={words.tryTitle}
					disabled={trial.isTrying.value || bench === "forbidden"}
					onClick={onTry}
				>
					{trial.isTrying.value ? words.trying : words.try}
				</Button>
				<Button icon="add" disabled={rows.length >= MAX_ROWS} onClick={() => samples.add()}>
					{words.addRow}
				</Button>
				{onUseLive !== undefined && (
					<Button icon="chart" onClick={onUseLive}>
						{words.useLive}
					</Button>
				)}
			</div>
			<div role="status">
				{loading !== undefined && <Loading loading={loading} context={context} onLine={onLine} />}
			</div>
			{rows.length === 0 ? (
				<p>{words.noRows}</p>
			) : (
				<ol class="code-rows">
					{rows.map((row, at) => (
						<TryRow
							key={row.id}
							row={row}
							number={at + 1}
							isLoaded={loading?.error == null}
							{...{ work, context, onTry, onLine }}
						/>
					))}
				</ol>
			)}
		</div>
	);
}

interface LoadingProps {
	readonly loading: Tried;
	readonly context: ErrorContext;
	readonly onLine: (line: number) => void;
}

function Loading({ loading: { error, printed }, context, onLine }: LoadingProps) {
	const words = codeTexts.value;
	return (
		<>
			{error !== null && (
				<>
					<p>{words.loadingFailed}</p>
					<ExplainedError {...error} {...{ context, onLine }} />
				</>
			)}
			{printed !== "" && <Printed title={words.loadingPrinted} text={printed} />}
		</>
	);
}

function Printed({ title, text }: { readonly title: string; readonly text: string }) {
	return (
		<figure class="code-printed">
			<figcaption>{title}</figcaption>
			<pre>{text}</pre>
		</figure>
	);
}

interface TryRowProps {
	readonly work: FunctionWork;
	readonly row: Row;
	/** From 1. */
	readonly number: number;
	/** Whether the source could be loaded: else that is said once, not in each row. */
	readonly isLoaded: boolean;
	readonly context: ErrorContext;
	readonly onTry: () => void;
	readonly onLine: (line: number) => void;
}

function TryRow({ work, row, number, isLoaded, context, onTry, onLine }: TryRowProps) {
	const words = codeTexts.value;
	const { samples } = work.draft;
	const { id, text, expected, tried } = row;
	const isBad = text.trim() !== "" && !readSample(text).ok;
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.key !== "Enter" || isTyping(event)) return;
		event.preventDefault();
		onTry();
	};
	const isPinned = expected !== undefined;
	const canPin = tried !== undefined && tried.error === null;
	return (
		<li class={`code-row code-row-${verdictOf(row, tried)}`}>
			<div class="code-row-line">
				<input
					aria-label={words.sample(number)}
					aria-invalid={isBad || undefined}
					value={text}
					spellcheck={false}
					autocomplete="off"
					onInput={({ currentTarget }) => samples.edit(id, currentTarget.value)}
					onKeyDown={onKeyDown}
				/>
				<IconButton
					icon="pin"
					pressed={isPinned}
					label={isPinned ? words.unpin(number) : words.pin(number)}
					disabled={!isPinned && !canPin}
					onClick={() => (isPinned ? samples.unpin(id) : samples.pin(id))}
				/>
				<IconButton
					icon="trash"
					label={words.removeRow(number)}
					onClick={() => samples.remove(id)}
				/>
			</div>
			{isBad && <p class="kit-error">{words.badSample}</p>}
			{isPinned && (
				<label class="code-expected">
					<span>{words.mustGive}</span>
					<input
						aria-label={words.expected(number)}
						value={expected}
						spellcheck={false}
						autocomplete="off"
						onInput={({ currentTarget }) => samples.expect(id, currentTarget.value)}
						onKeyDown={onKeyDown}
					/>
				</label>
			)}
			{tried === undefined
				? !isBad && <p class="code-untried">{words.notTried}</p>
				: isLoaded && <Result {...{ work, row, tried, number, context, onLine }} />}
		</li>
	);
}

interface ResultProps {
	readonly work: FunctionWork;
	readonly row: Row;
	readonly tried: Tried;
	readonly number: number;
	readonly context: ErrorContext;
	readonly onLine: (line: number) => void;
}

function Result({ work, row, tried, number, context, onLine }: ResultProps) {
	const words = codeTexts.value;
	const { error, printed, ms } = tried;
	const verdict = verdictOf(row, tried);
	return (
		<div>
			{error === null ? (
				<p class="code-result">
					<span aria-hidden="true">→</span>
					<span class="kit-unseen">{words.result(number)}</span>
					<Value value={tried.result} />
					{verdict !== "unknown" && (
						<strong class={`code-verdict code-${verdict}`}>
							{verdict === "holds" ? `✓ ${words.holds}` : `✕ ${words.differs}`}
						</strong>
					)}
					<small>{words.milliseconds(formatNumber(ms, 1))}</small>
				</p>
			) : (
				<ExplainedError {...error} {...{ context, onLine }} />
			)}
			{verdict === "differs" && error === null && (
				<button
					type="button"
					class="kit-button kit-quiet"
					onClick={() => work.draft.samples.pin(row.id)}
				>
					{words.acceptResult}
				</button>
			)}
			{printed !== "" && <Printed title={words.printed} text={printed} />}
		</div>
	);
}

const SHORT = 200;

/** A value as JSON; a long one is opened on demand. */
function Value({ value }: { readonly value: unknown }) {
	if (value === undefined || value === null) return <em>{codeTexts.value.nothing}</em>;
	const text = sampleText(value);
	if (text.length <= SHORT) return <code>{text}</code>;
	return (
		<details class="code-long">
			<summary>
				<code>{text.slice(0, SHORT)}…</code>
			</summary>
			<pre>{text}</pre>
		</details>
	);
}
