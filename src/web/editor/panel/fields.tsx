import { Field } from "../kit/fields.tsx";
import { texts } from "../texts/texts.ts";
import { readNumber } from "./number-input.ts";
import { useDraft } from "./use-draft.ts";

/** As `NameSchema` of `contract`. */
const MAX_NAME_LENGTH = 200;

interface NameFieldProps {
	readonly label: string;
	readonly hint?: string;
	readonly value: string;
	readonly onCommit: (name: string) => Promise<string | undefined>;
}

/** A name that is in force when the field is left. */
export function NameField({ label, hint, value, onCommit }: NameFieldProps) {
	const { nameMissing, nameTooLong } = texts.value.panel;
	const { text, ...draft } = useDraft({
		shown: value,
		read: (typed) => {
			const name = typed.trim();
			if (name === "") return { ok: false, problem: nameMissing };
			if (name.length > MAX_NAME_LENGTH)
				return { ok: false, problem: nameTooLong(MAX_NAME_LENGTH) };
			return { ok: true, value: name };
		},
		commit: onCommit,
	});
	return <Field label={label} hint={hint} value={text} autocomplete="off" {...draft} />;
}

interface NumberFieldProps {
	readonly label: string;
	readonly value: number;
	readonly integer?: boolean;
	readonly placeholder?: string;
	readonly onCommit: (value: number) => Promise<string | undefined>;
}

/** A number that is in force when the field is left. */
export function NumberField(props: NumberFieldProps) {
	const { label, value, integer = false, placeholder, onCommit } = props;
	const { numbers } = texts.value.panel;
	const { text, ...draft } = useDraft({
		shown: Number.isNaN(value) ? "" : String(value),
		read: (typed) => {
			const result = readNumber(typed, { integer });
			return result.ok ? result : { ok: false, problem: numbers[result.problem] };
		},
		commit: onCommit,
	});
	return (
		<Field
			label={label}
			value={text}
			inputMode="decimal"
			autocomplete="off"
			{...(placeholder !== undefined && { placeholder })}
			{...draft}
		/>
	);
}
