// CodeMirror's default keys are a chunk of their own size: only what browsers do not do by themselves is taken. They see
// what is drawn of a long text only, and know nothing of indentation.
import {
	cursorDocEnd,
	cursorDocStart,
	cursorLineBoundaryBackward,
	cursorLineBoundaryForward,
	deleteCharBackward,
	insertNewlineAndIndent,
	moveLineDown,
	moveLineUp,
	selectAll,
	selectDocEnd,
	selectDocStart,
	selectLineBoundaryBackward,
	selectLineBoundaryForward,
	toggleLineComment,
} from "@codemirror/commands";
import type { KeyBinding } from "@codemirror/view";

export const editingKeymap: readonly KeyBinding[] = [
	{ key: "Enter", run: insertNewlineAndIndent, shift: insertNewlineAndIndent },
	// In front of a line's text it takes back a level.
	{ key: "Backspace", run: deleteCharBackward, shift: deleteCharBackward, preventDefault: true },
	{ key: "Mod-/", run: toggleLineComment },
	{ key: "Mod-a", run: selectAll },
	{ key: "Alt-ArrowUp", run: moveLineUp },
	{ key: "Alt-ArrowDown", run: moveLineDown },
	// Home goes to where the text of a line begins, and from there to where the line does.
	{ key: "Home", run: cursorLineBoundaryBackward, shift: selectLineBoundaryBackward },
	{ key: "End", run: cursorLineBoundaryForward, shift: selectLineBoundaryForward },
	{ key: "Mod-Home", mac: "Cmd-ArrowUp", run: cursorDocStart, shift: selectDocStart },
	{ key: "Mod-End", mac: "Cmd-ArrowDown", run: cursorDocEnd, shift: selectDocEnd },
];
