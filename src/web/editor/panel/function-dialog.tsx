import { useLayoutEffect, useRef } from "preact/hooks";
import type { App } from "../app-context.ts";
import FunctionEditor from "../code/function-editor.tsx";
import { texts } from "../texts/texts.ts";
import type { FunctionWish } from "./panel-context.ts";
import "../kit/dialog.css";

interface FunctionDialogProps {
	readonly app: App;
	readonly wish: FunctionWish;
	readonly onClose: () => void;
}

/** The editor of functions over the page, with its own title and button to close it. */
export default function FunctionDialog({ app, wish, onClose }: FunctionDialogProps) {
	const dialog = useRef<HTMLDialogElement>(null);
	useLayoutEffect(() => {
		const { current } = dialog;
		if (current?.isConnected === true) current.showModal();
		// Gives the focus back.
		return () => current?.close();
	}, []);
	const { fnId, stage, parameterNames, liveSamples, onSaved } = wish;
	return (
		<dialog
			ref={dialog}
			class="kit-dialog kit-dialog-full panel-editor"
			aria-label={texts.value.panel.functions.editor}
			onCancel={(event) => {
				// Such as the one of a dialog inside.
				if (event.target !== dialog.current) return;
				event.preventDefault();
				onClose();
			}}
		>
			<div class="kit-dialog-body">
				<FunctionEditor
					{...{ app, fnId, stage, parameterNames, liveSamples, onClose }}
					onSaved={(saved) => onSaved(saved.fnId)}
				/>
			</div>
		</dialog>
	);
}
