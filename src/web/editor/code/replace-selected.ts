import { EditorView } from "@codemirror/view";

/**
 * Replaces or deletes what is selected without the browser's help: where several lines become one, Chromium writes the
 * colours of the text into `style`, which the page's policy forbids. Not while characters are being composed.
 */
export const replaceSelected = EditorView.domEventHandlers({
	beforeinput: (event, view) => {
		const { state } = view;
		if (state.selection.main.empty || state.readOnly || view.composing || event.isComposing) {
			return false;
		}
		const isTyped = event.inputType === "insertText" && event.data !== null;
		if (!isTyped && !event.inputType.startsWith("delete")) return false;
		view.dispatch({
			...state.replaceSelection(isTyped ? (event.data ?? "") : ""),
			userEvent: isTyped ? "input.type" : "delete.selection",
			scrollIntoView: true,
		});
		return true;
	},
});
