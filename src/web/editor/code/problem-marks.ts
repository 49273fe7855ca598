import { RangeSet, RangeSetBuilder, StateEffect, StateField, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, GutterMarker, gutter } from "@codemirror/view";

/** Something to be marked at its place; lines and columns count from 1. */
export interface Problem {
	readonly line: number;
	/** In characters; null: the whole line. */
	readonly column: number | null;
	readonly severity: "error" | "warning";
	/** In the reader's language. */
	readonly text: string;
	/** What can be done about it. */
	readonly hint?: string | undefined;
}

interface Marks {
	readonly gutter: RangeSet<GutterMarker>;
	readonly words: DecorationSet;
}

const setProblems = StateEffect.define<readonly Problem[]>();

class ProblemMarker extends GutterMarker {
	readonly severity: Problem["severity"];
	readonly text: string;

	constructor(severity: Problem["severity"], text: string) {
		super();
		this.severity = severity;
		this.text = text;
	}

	override eq(other: ProblemMarker): boolean {
		return other.severity === this.severity && other.text === this.text;
	}

	override toDOM(): Node {
		const mark = document.createElement("span");
		mark.className = `cm-problem cm-problem-${this.severity}`;
		// A sign, not only a colour.
		mark.textContent = this.severity === "error" ? "✕" : "!";
		mark.title = this.text;
		return mark;
	}
}

const marks = StateField.define<Marks>({
	create: () => ({ gutter: RangeSet.empty, words: Decoration.none }),
	update: (before, { changes, effects, state, docChanged }) => {
		for (const effect of effects) {
			if (effect.is(setProblems)) return marksOf(effect.value, state.doc);
		}
		if (!docChanged) return before;
		return { gutter: before.gutter.map(changes), words: before.words.map(changes) };
	},
	provide: (field) => EditorView.decorations.from(field, ({ words }) => words),
});

/** Signs in the margin, and a line under what they are about. */
export const problemMarks = [
	marks,
	gutter({ class: "cm-problems", markers: (view) => view.state.field(marks).gutter }),
];

/** Marks these problems and no others. */
export function markProblems(view: EditorView, problems: readonly Problem[]): void {
	view.dispatch({ effects: setProblems.of(problems) });
}

/** The place of a line and column, as near as the text has it. */
export function placeIn(doc: Text, line: number, column: number | null): number {
	const { from, to } = doc.line(Math.min(Math.max(1, line), doc.lines));
	return Math.min(from + (column ?? 1) - 1, to);
}

function marksOf(problems: readonly Problem[], doc: Text): Marks {
	const inGutter = new RangeSetBuilder<GutterMarker>();
	const byLine = Map.groupBy(problems, ({ line }) => Math.min(Math.max(1, line), doc.lines));
	for (const [line, here] of [...byLine].sort(([one], [other]) => one - other)) {
		const severity = here.some((one) => one.severity === "error") ? "error" : "warning";
		const text = here.map((one) => one.text).join("\n");
		const { from } = doc.line(line);
		inGutter.add(from, from, new ProblemMarker(severity, text));
	}
	const words = problems.flatMap(({ line, column, severity, text }) => {
		const at = doc.line(Math.min(Math.max(1, line), doc.lines));
		const from = placeIn(doc, line, column ?? 1 + at.text.search(/\S|$/));
		const word = /^[\p{L}\p{N}_]+/u.exec(at.text.slice(from - at.from))?.[0].length ?? 1;
		const to = column === null ? at.to : Math.min(from + word, at.to);
		if (from >= to) return [];
		const attributes = { title: text };
		return [
			Decoration.mark({ class: `cm-wrong cm-wrong-${severity}`, attributes }).range(from, to),
		];
	});
	return { gutter: inGutter.finish(), words: Decoration.set(words, true) };
}
