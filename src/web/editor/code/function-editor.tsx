import { useComputed } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { App } from "../app-context.ts";
import { lazy } from "../kit/lazy.tsx";
import { Failed, Spinner } from "../kit/states.tsx";
import { Tabs } from "../kit/tabs.tsx";
import { CodeArea, type CodeAreaHandle } from "./code-area.tsx";
import { CodeTools } from "./code-tools.tsx";
import { type FunctionEvents, FunctionHeader } from "./function-header.tsx";
import type { FunctionWork } from "./function-work.ts";
import type { FunctionServer, Stage } from "./functions-server.ts";
import { ProblemList } from "./problem-list.tsx";
import { problemsOf } from "./problem-texts.ts";
import { DraftNote, TroubleNote } from "./save-notes.tsx";
import { useShortcuts } from "./use-shortcuts.ts";
import { useWork } from "./use-work.ts";
import { codeTexts } from "./words.ts";
import "./code.css";

const ConflictBox = lazy(() => import("./conflict-box.tsx"));
const TryPanel = lazy(async () => ({ default: (await import("./try-panel.tsx")).TryPanel }));
const UsesPanel = lazy(() => import("./uses-panel.tsx"));
const VersionsPanel = lazy(() => import("./versions-panel.tsx"));

export interface FunctionEditorProps extends FunctionEvents {
	readonly app: App;
	/** Undefined: a new one. */
	readonly fnId: number | undefined;
	readonly stage: Stage;
	/** What the function is called with, `x1 … xn`; empty where that is not known. */
	readonly parameterNames: readonly string[];
	/** The last values of the wire, the newest last; absent: there is no wire. */
	readonly liveSamples?: (() => readonly (readonly unknown[])[]) | undefined;
}

/** Writes one function: its code, problems, samples, versions and where it is used. */
export default function FunctionEditor(props: FunctionEditorProps) {
	const { app, stage, parameterNames: wire, onSaved } = props;
	const [copied, setCopied] = useState<{ readonly of: number | undefined; readonly to: number }>();
	// The owner may not follow a copy.
	const isCopy = copied !== undefined && copied.of === props.fnId;
	const fnId = isCopy ? copied.to : props.fnId;
	useEffect(() => {
		if (!isCopy) setCopied(undefined);
	}, [isCopy]);
	const { work, server } = useWork({
		...{ app, fnId, stage, wire },
		onSaved: (saved) => {
			app.notices.say(codeTexts.value.savedNow(saved.name), "good");
			onSaved(saved);
		},
	});
	const state = work.state.value;
	if (state === "loading") return <Spinner />;
	const onCopied: FunctionEvents["onSaved"] = (copy) => {
		setCopied({ of: props.fnId, to: copy.fnId });
		onSaved(copy);
	};
	if (state === "ready") {
		return <Writing {...props} {...{ work, server, onCopied }} />;
	}
	const reason = state.status === 404 ? codeTexts.value.gone : state.reason;
	return <Failed reason={reason} onRetry={() => void work.load()} />;
}

interface WritingProps extends FunctionEditorProps {
	readonly onCopied: FunctionEvents["onSaved"];
	readonly work: FunctionWork;
	readonly server: FunctionServer;
}

function Writing(props: WritingProps) {
	const { app, work, stage, liveSamples } = props;
	const words = codeTexts.value;
	const area = useRef<CodeAreaHandle>(null);
	const problems = useComputed(() =>
		problemsOf(
			work.findings.value ?? [],
			[work.trial.loading.value, ...work.draft.samples.rows.value.map(({ tried }) => tried)],
			{ code: work.draft.code.value, wire: work.wire },
		),
	);
	const [tab, setTab] = useState<ViewId>("try");
	const save = () => void work.save();
	const tryIt = () => {
		setTab("try");
		void work.try();
	};
	const whole = useRef<HTMLElement>(null);
	useShortcuts(whole, { s: save, Enter: tryIt });
	const useLive = () => {
		const samples = liveSamples?.() ?? [];
		if (samples.length === 0) app.notices.say(words.noLive);
		else work.draft.samples.useSamples(samples.slice(-LIVE_ROWS));
	};
	const { wire } = work;
	const isChecked = work.findings.value !== undefined;
	return (
		<section ref={whole} class="code-editor">
			<FunctionHeader {...props} onSave={save} />
			<DraftNote {...{ app, work }} />
			<TroubleNote work={work} onLine={(line) => area.current?.goTo(line, null)} />
			{work.draft.conflict.value !== undefined && <ConflictBox {...{ app, work }} />}
			<div class="code-columns">
				<div class="code-writing">
					{wire.length > 0 && (
						<p class="code-wire">{(stage === "join" ? words.joinBrings : words.brings)(wire)}</p>
					)}
					<CodeArea work={work} problems={problems} onSave={save} onTry={tryIt} handle={area} />
					{!work.draft.isReadOnly.value && <CodeTools onRun={(what) => area.current?.run(what)} />}
					<ProblemList
						problems={isChecked ? problems.value : undefined}
						onGo={({ line, column }) => area.current?.goTo(line, column)}
					/>
				</div>
				<Views
					{...props}
					{...{ tab, setTab }}
					onTry={tryIt}
					onUseLive={liveSamples === undefined ? undefined : useLive}
					onLine={(line) => area.current?.goTo(line, null)}
				/>
			</div>
		</section>
	);
}

/** Rows of what a wire carried last. */
const LIVE_ROWS = 5;

type ViewId = "try" | "versions" | "uses";

interface ViewsProps extends WritingProps {
	readonly tab: ViewId;
	readonly setTab: (tab: ViewId) => void;
	readonly onTry: () => void;
	readonly onUseLive: (() => void) | undefined;
	readonly onLine: (line: number) => void;
}

function Views({ app, work, server, stage, tab, setTab, onTry, onUseLive, onLine }: ViewsProps) {
	const words = codeTexts.value;
	const saved = work.draft.saved.value;
	const tabs = [
		{ id: "try" as const, text: words.tryTab },
		...(saved === undefined
			? []
			: [
					{ id: "versions" as const, text: words.versionsTab },
					{ id: "uses" as const, text: words.usesTab },
				]),
	];
	return (
		<Tabs label={words.views} tabs={tabs} current={tab} onChange={setTab}>
			{tab === "try" && <TryPanel {...{ work, stage, onUseLive, onTry, onLine }} />}
			{tab === "versions" && <VersionsPanel {...{ app, server, work }} />}
			{tab === "uses" && saved !== undefined && <UsesPanel server={server} fnId={saved.fn_id} />}
		</Tabs>
	);
}
