import { useComputed, useSignalEffect } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { type CodeCommand, CodeView, type CodeWords } from "./code-view.ts";
import type { FunctionWork } from "./function-work.ts";
import type { Problem } from "./problem-marks.ts";
import { codeTexts } from "./words.ts";

/** What may be done to the source from outside its editor. */
export interface CodeAreaHandle {
	goTo(line: number, column: number | null): void;
	run(command: CodeCommand): void;
}

export interface CodeAreaProps {
	readonly work: FunctionWork;
	readonly problems: { readonly value: readonly Problem[] };
	readonly onSave: () => void;
	readonly onTry: () => void;
	readonly handle: { current: CodeAreaHandle | null };
}

/** The source of a function. */
export function CodeArea({ work, problems, onSave, onTry, handle }: CodeAreaProps) {
	const host = useRef<HTMLDivElement>(null);
	const view = useRef<CodeView>(undefined);
	const calls = useRef({ onSave, onTry });
	calls.current = { onSave, onTry };
	const looks = useComputed(() => ({
		words: wordsOf(work.draft.name.value),
		isReadOnly: work.draft.isReadOnly.value,
	}));
	useLayoutEffect(() => {
		if (host.current === null) return;
		const made = new CodeView(host.current, {
			text: work.draft.code.peek(),
			...looks.peek(),
			onType: (text) => work.draft.typed(text),
			onSave: () => calls.current.onSave(),
			onTry: () => calls.current.onTry(),
			completions: () => work.completions.peek(),
		});
		view.current = made;
		handle.current = made;
		work.browserCheck = () => made.findings;
		return () => {
			handle.current = null;
			view.current = undefined;
			work.browserCheck = () => [];
			made.end();
		};
	}, [work, looks, handle]);
	useSignalEffect(() => view.current?.replace(work.draft.replaced.value));
	useSignalEffect(() => view.current?.speak(looks.value));
	useSignalEffect(() => view.current?.mark(problems.value));
	return <div ref={host} class="code-area" />;
}

function wordsOf(name: string): CodeWords {
	const { code, phrases } = codeTexts.value;
	return { label: code(name), phrases };
}
