import { useState } from "preact/hooks";
import { isTyping } from "../kit/typing.ts";

/** What was typed, read. */
export type Read<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly problem: string };

export interface DraftOptions<T> {
	/** The value in force, as it is shown. */
	readonly shown: string;
	readonly read: (text: string) => Read<T>;
	/** @returns why it was refused; undefined: it is in force. */
	readonly commit: (value: T) => Promise<string | undefined>;
}

/** A field that others may change meanwhile: it shows what is in force, until the reader types. */
export interface Draft {
	readonly text: string;
	readonly error: string | undefined;
	readonly onInput: (text: string) => void;
	readonly onBlur: () => void;
	readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** What is typed is sent on Enter and when the field is left; Esc takes it back. A refused text stays, with the reason. */
export function useDraft<T>({ shown, read, commit }: DraftOptions<T>): Draft {
	const [draft, setDraft] = useState<string>();
	const [error, setError] = useState<string>();
	const forget = () => {
		setDraft(undefined);
		setError(undefined);
	};
	const send = async () => {
		if (draft === undefined) return;
		if (draft === shown) return forget();
		const result = read(draft);
		if (!result.ok) return setError(result.problem);
		const refused = await commit(result.value);
		if (refused === undefined) forget();
		else setError(refused);
	};
	return {
		text: draft ?? shown,
		error,
		onInput: (text) => {
			setDraft(text);
			setError(undefined);
		},
		onBlur: () => void send(),
		onKeyDown: (event) => {
			if (isTyping(event)) return;
			if (event.key === "Enter") void send();
			if (event.key !== "Escape" || draft === undefined) return;
			// The first Esc is for the field, the next one for the panel.
			event.stopPropagation();
			forget();
		},
	};
}
