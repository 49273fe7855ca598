import {
	acceptCompletion,
	autocompletion,
	type CompletionContext,
	type CompletionResult,
	closeCompletion,
	completionKeymap,
	ifNotIn,
	selectedCompletion,
} from "@codemirror/autocomplete";
import { history, historyKeymap, indentLess, indentMore, redo, undo } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, indentUnit, syntaxTree } from "@codemirror/language";
import { Compartment, EditorState, type Extension, Prec, Transaction } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { browserFindings } from "./browser-check.ts";
import { codeTheme } from "./code-theme.ts";
import { editingKeymap } from "./editing-keys.ts";
import type { CompletionList, Finding } from "./functions-server.ts";
import { markProblems, type Problem, placeIn, problemMarks } from "./problem-marks.ts";
import { offersAt } from "./python-completions.ts";
import { replaceSelected } from "./replace-selected.ts";

/** The editor's words in the reader's language. */
export interface CodeWords {
	/** Read aloud where it gets the focus. */
	readonly label: string;
	/** By what CodeMirror says in English. */
	readonly phrases: Readonly<Record<string, string>>;
}

export interface CodeViewOptions {
	readonly text: string;
	readonly words: CodeWords;
	readonly isReadOnly: boolean;
	/** Hears what was typed, not what `replace` sets. */
	readonly onType: (text: string) => void;
	readonly onSave: () => void;
	readonly onTry: () => void;
	readonly completions: () => CompletionList | undefined;
}

/** What buttons do for those who have no keys for it. */
export type CodeCommand = "undo" | "redo" | "indent" | "outdent";

const COMMANDS = { undo, redo, indent: indentMore, outdent: indentLess };

/** Names are not completed in strings and comments. */
const NO_NAMES = ["String", "FormatString", "Comment"];

/**
 * A Python editor. It lives in a shadow root: its style sheets are made by script, which the page's policy forbids in the
 * page itself.
 */
export class CodeView {
	readonly #view: EditorView;
	readonly #changeable = new Compartment();
	#isReplacing = false;

	constructor(host: HTMLElement, options: CodeViewOptions) {
		const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
		root.replaceChildren();
		const extensions = [
			this.#changeable.of(changeable(options)),
			keys(options),
			lineNumbers(),
			history(),
			bracketMatching(),

			pythonLanguage,
			indentUnit.of("    "),
			EditorState.tabSize.of(4),
			EditorView.lineWrapping,
			autocompletion({ override: [ifNotIn(NO_NAMES, sourceOf(options))], icons: false }),
			replaceSelected,
			codeTheme,
			problemMarks,
			EditorView.updateListener.of(({ docChanged, state }) => {
				if (docChanged && !this.#isReplacing) options.onType(state.doc.toString());
			}),
		];
		this.#view = new EditorView({ parent: root, root, doc: options.text, extensions });
		// Keys typed here are none of the page's: letters are commands there.
		host.addEventListener("keydown", stopKeys);
	}

	/** What is wrong as far as the browser can tell. */
	get findings(): Finding[] {
		const { state } = this.#view;
		return browserFindings(syntaxTree(state), state.doc.toString());
	}

	/** Sets another text, as a step that can be undone. */
	replace(text: string): void {
		const { doc } = this.#view.state;
		if (doc.toString() === text) return;
		this.#isReplacing = true;
		this.#view.dispatch({
			changes: { from: 0, to: doc.length, insert: text },
			annotations: Transaction.userEvent.of("input.replace"),
		});
		this.#isReplacing = false;
	}

	speak(options: Pick<CodeViewOptions, "words" | "isReadOnly">): void {
		this.#view.dispatch({ effects: this.#changeable.reconfigure(changeable(options)) });
	}

	mark(problems: readonly Problem[]): void {
		markProblems(this.#view, problems);
	}

	/** Puts the cursor there. Lines and columns count from 1. */
	goTo(line: number, column: number | null): void {
		const at = placeIn(this.#view.state.doc, line, column);
		this.#view.dispatch({ selection: { anchor: at }, scrollIntoView: true });
		this.#view.focus();
	}

	run(command: CodeCommand): void {
		COMMANDS[command](this.#view);
		this.#view.focus();
	}

	end(): void {
		this.#view.destroy();
	}
}

function changeable({
	words,
	isReadOnly,
}: Pick<CodeViewOptions, "words" | "isReadOnly">): Extension {
	return [
		EditorState.phrases.of(words.phrases),
		EditorState.readOnly.of(isReadOnly),
		EditorView.contentAttributes.of({ "aria-label": words.label, autocapitalize: "off" }),
	];
}

function keys({ onSave, onTry }: CodeViewOptions): Extension {
	const does = (run: () => void) => () => {
		run();
		return true;
	};
	return [
		Prec.highest(
			keymap.of([
				{ key: "Mod-s", run: does(onSave), preventDefault: true },
				{ key: "Mod-Enter", run: does(onTry), preventDefault: true },
				{ key: "Tab", run: acceptCompletion },
				{ key: "Enter", run: leaveCompletion },
			]),
		),
		keymap.of([
			...completionKeymap,
			...historyKeymap,
			// Esc, then Tab leaves the editor: CodeMirror sees to that.
			{ key: "Tab", run: indentMore, shift: indentLess },
			...editingKeymap,
		]),
	];
}

/** What is offered is already there: Enter then begins a line, as it does where nothing is offered. */
function leaveCompletion(view: EditorView): boolean {
	const { doc, selection } = view.state;
	const { from, to } = doc.lineAt(selection.main.head);
	const typed = doc.sliceString(from, Math.min(selection.main.head, to));
	const word = /[\p{L}\p{N}_]+$/u.exec(typed)?.[0];
	if (word !== undefined && selectedCompletion(view.state)?.label === word) closeCompletion(view);
	return false;
}

function stopKeys(event: KeyboardEvent): void {
	event.stopPropagation();
	// In a dialog it would close that: it is the way out of the editor, with Tab after it.
	if (event.key === "Escape") event.preventDefault();
}

function sourceOf({ completions }: CodeViewOptions) {
	return ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
		const offers = offersAt(state.doc.toString(), pos, completions(), explicit);
		if (offers === undefined) return null;
		return { ...offers, validFor: /^[\p{L}\p{N}_]*$/u };
	};
}
