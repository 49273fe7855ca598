// Colours come from the page's tokens, which follow its theme; in forced colours the browser sets its own.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const colours = HighlightStyle.define([
	{ tag: [tags.keyword, tags.operatorKeyword], color: "var(--code-keyword)" },
	{ tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
	{ tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
	{ tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
	{
		tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))],
		color: "var(--code-function)",
	},
	{ tag: [tags.className, tags.definition(tags.className)], color: "var(--code-function)" },
]);

const wavy = (colour: string) => ({
	textDecoration: `underline wavy ${colour} 1px`,
	textUnderlineOffset: "3px",
	textDecorationSkipInk: "none",
});

const looks = EditorView.theme({
	"&": { color: "var(--ink)", backgroundColor: "var(--code-paper)", fontSize: "inherit" },
	// The page draws it around the whole.
	"&.cm-focused": { outline: "none" },
	".cm-scroller": {
		fontFamily: 'ui-monospace, "DejaVu Sans Mono", "Noto Sans Mono CJK TC", monospace',
		lineHeight: "1.5",
		minHeight: "var(--code-least)",
		maxHeight: "var(--code-height)",
		overflow: "auto",
	},
	".cm-content": { caretColor: "var(--ink)", padding: "6px 0" },
	".cm-gutters": {
		color: "var(--code-comment)",
		backgroundColor: "var(--code-paper)",
		borderRight: "1px solid var(--line)",
	},
	".cm-lineNumbers .cm-gutterElement": { minWidth: "2em", padding: "0 4px 0 2px" },
	".cm-problems": { width: "1.4em" },
	".cm-problem": {
		display: "block",
		textAlign: "center",
		fontWeight: "bold",
		cursor: "pointer",
	},
	".cm-problem-error": { color: "var(--bad)" },
	".cm-problem-warning": { color: "var(--code-number)" },
	".cm-wrong-error": wavy("var(--bad)"),
	".cm-wrong-warning": wavy("var(--code-number)"),
	"&.cm-focused .cm-matchingBracket": { backgroundColor: "transparent", outline: "1px solid" },
	"&.cm-focused .cm-nonmatchingBracket": {
		backgroundColor: "transparent",
		outline: "1px dashed var(--bad)",
	},
	".cm-tooltip": {
		color: "var(--ink)",
		backgroundColor: "var(--paper)",
		border: "1px solid var(--line)",
		borderRadius: "6px",
		overflow: "hidden",
		maxWidth: "min(90vw, 28rem)",
	},
	".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxHeight: "13em" },
	".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "4px 8px", lineHeight: "1.6" },
	".cm-tooltip-autocomplete ul li[aria-selected]": {
		color: "var(--code-on-choice)",
		backgroundColor: "var(--code-choice)",
		outline: "1px solid transparent",
	},
	".cm-completionDetail": { fontStyle: "normal", opacity: "1", color: "inherit" },
	".cm-completionMatchedText": { textDecoration: "underline", fontWeight: "bold" },
	"@media (pointer: coarse)": {
		".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "10px" },
	},
});

export const codeTheme = [looks, syntaxHighlighting(colours)];
