import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Button } from "./button.tsx";

export interface FormProps {
	/** @returns why it was refused, to be shown; undefined: it was not. */
	readonly submit: (fields: FormData) => Promise<string | undefined>;
	/** The words of its button. */
	readonly button: string;
	readonly children: ComponentChildren;
}

/** A form that is sent whole, and shows why it was refused. */
export function Form({ submit, button, children }: FormProps) {
	const [reason, setReason] = useState<string>();
	const [isBusy, setIsBusy] = useState(false);
	const send = async (event: SubmitEvent) => {
		event.preventDefault();
		if (isBusy || !(event.currentTarget instanceof HTMLFormElement)) return;
		const fields = new FormData(event.currentTarget);
		setIsBusy(true);
		setReason(await submit(fields));
		setIsBusy(false);
	};
	return (
		<form onSubmit={(event) => void send(event)}>
			{children}
			<p class="kit-error kit-form-error" role="alert">
				{reason}
			</p>
			<Button kind="main" type="submit" disabled={isBusy}>
				{button}
			</Button>
		</form>
	);
}
