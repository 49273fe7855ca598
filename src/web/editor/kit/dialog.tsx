import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { texts } from "../texts/texts.ts";
import { Button, IconButton } from "./button.tsx";
import "./dialog.css";

export interface DialogProps {
	readonly title: string;
	/** By the button, by Esc: the owner then draws it no more. */
	readonly onClose: () => void;
	readonly size?: "small" | "wide" | "full" | undefined;
	readonly children: ComponentChildren;
	/** Buttons at its end, the main one last. */
	readonly actions?: ComponentChildren | undefined;
}

/**
 * A window over the page, open as long as it is drawn. The focus goes to `[data-autofocus]` in it, else to its first
 * control, and back to where it was. A click beside it closes nothing: what was typed would be lost.
 */
export function Dialog({ title, onClose, size = "small", children, actions }: DialogProps) {
	const id = useId();
	const dialog = useRef<HTMLDialogElement>(null);
	const isThere = useRef(true);
	useLayoutEffect(() => {
		const element = dialog.current;
		isThere.current = true;
		if (element?.isConnected) element.showModal();
		element?.querySelector<HTMLElement>("[data-autofocus]")?.focus();
		return () => {
			isThere.current = false;
			// Gives the focus back.
			element?.close();
		};
	}, []);
	return (
		<dialog
			ref={dialog}
			class={`kit-dialog kit-dialog-${size}`}
			aria-labelledby={id}
			onCancel={(event) => {
				// Such as the one of a file field inside.
				if (event.target !== dialog.current) return;
				event.preventDefault();
				onClose();
			}}
			onClose={() => isThere.current && onClose()}
		>
			<header>
				<h2 id={id}>{title}</h2>
				<IconButton icon="close" label={texts.value.shell.close} onClick={onClose} />
			</header>
			<div class="kit-dialog-body">{children}</div>
			{actions !== undefined && <footer>{actions}</footer>}
		</dialog>
	);
}

export interface ConfirmDialogProps {
	readonly title: string;
	readonly children: ComponentChildren;
	/** The action as a verb: "Delete project". */
	readonly confirm: string;
	readonly isDangerous?: boolean | undefined;
	/** @returns why it did not work, to be shown; undefined: done, and `onClose` is called. */
	readonly onConfirm: () => Promise<string | undefined>;
	readonly onClose: () => void;
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog(props: ConfirmDialogProps) {
	const { title, children, confirm, isDangerous = false, onConfirm, onClose } = props;
	const [reason, setReason] = useState<string>();
	const [isBusy, setIsBusy] = useState(false);
	const run = async () => {
		setIsBusy(true);
		const why = await onConfirm();
		setIsBusy(false);
		setReason(why);
		if (why === undefined) onClose();
	};
	const actions = (
		<>
			<Button onClick={onClose} data-autofocus>
				{texts.value.shell.cancel}
			</Button>
			<Button kind={isDangerous ? "danger" : "main"} disabled={isBusy} onClick={() => void run()}>
				{confirm}
			</Button>
		</>
	);
	return (
		<Dialog title={title} onClose={onClose} actions={actions}>
			{children}
			<p class="kit-error" role="alert">
				{reason}
			</p>
		</Dialog>
	);
}
