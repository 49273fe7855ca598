import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface Input {
	readonly name?: string | undefined;
	readonly type?: "text" | "password" | "number" | undefined;
	readonly autocomplete?: string | undefined;
	readonly autocapitalize?: "none" | "sentences" | undefined;
	readonly spellcheck?: boolean | undefined;
	readonly inputMode?: "text" | "numeric" | "decimal" | "email" | "url" | undefined;
	readonly placeholder?: string | undefined;
	readonly maxLength?: number | undefined;
	readonly minLength?: number | undefined;
	readonly min?: number | string | undefined;
	readonly max?: number | string | undefined;
	readonly step?: number | "any" | undefined;
	readonly required?: boolean | undefined;
	readonly readOnly?: boolean | undefined;
	readonly disabled?: boolean | undefined;
	/** Whether a dialog puts the focus there. */
	readonly "data-autofocus"?: boolean | undefined;
	readonly onKeyDown?: ((event: KeyboardEvent) => void) | undefined;
	/** When the reader has left the field. */
	readonly onBlur?: ((event: FocusEvent) => void) | undefined;
	/** When the reader has left the field, or accepted it with Enter. */
	readonly onChange?: ((event: Event) => void) | undefined;
}

/** What every field has around it. */
export interface FieldFrame {
	readonly label: string;
	readonly hint?: string | undefined;
	/** What is wrong with the value, in one sentence. */
	readonly error?: string | undefined;
}

interface Ids {
	readonly id: string;
	readonly "aria-describedby": string | undefined;
	readonly "aria-invalid": boolean | undefined;
}

interface FrameProps extends FieldFrame {
	readonly children: (ids: Ids) => ComponentChildren;
}

/** A label, a control, and below it what helps or what is wrong. */
export function FieldBox({ label, hint, error, children }: FrameProps) {
	const id = useId();
	const below = error ?? hint;
	const ids = {
		id,
		"aria-describedby": below === undefined ? undefined : `${id}-below`,
		"aria-invalid": error === undefined ? undefined : true,
	};
	return (
		<div class="kit-field">
			<label for={id}>{label}</label>
			{children(ids)}
			{below !== undefined && (
				<p id={ids["aria-describedby"]} class={error === undefined ? "kit-hint" : "kit-error"}>
					{below}
				</p>
			)}
		</div>
	);
}

export interface FieldProps extends Input, FieldFrame {
	/** Undefined: the form reads the field by its name. */
	readonly value?: string | undefined;
	readonly onInput?: ((value: string) => void) | undefined;
}

/** A line of text, a number, a password. */
export function Field({ label, hint, error, value, type, onInput, ...rest }: FieldProps) {
	const shared = {
		...rest,
		...(value !== undefined && { value }),
		onInput: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) =>
			onInput?.(currentTarget.value),
	};
	return (
		<FieldBox {...{ label, hint, error }}>
			{(ids) => {
				const all = { ...shared, ...ids };
				// The types of attributes depend on this one.
				if (type === "password") return <input {...all} type="password" />;
				return type === "number" ? (
					<input {...all} type="number" />
				) : (
					<input {...all} type="text" />
				);
			}}
		</FieldBox>
	);
}

export interface TextAreaProps extends FieldFrame {
	readonly value: string;
	readonly onInput: (value: string) => void;
	readonly rows?: number | undefined;
	readonly maxLength?: number | undefined;
	/** In a dialog: where the reader begins. */
	readonly "data-autofocus"?: boolean | undefined;
}

export function TextArea({ label, hint, error, value, onInput, ...rest }: TextAreaProps) {
	return (
		<FieldBox {...{ label, hint, error }}>
			{(ids) => (
				<textarea
					{...rest}
					{...ids}
					value={value}
					onInput={({ currentTarget }) => onInput(currentTarget.value)}
				/>
			)}
		</FieldBox>
	);
}

export interface Option {
	readonly value: string;
	readonly text: string;
	readonly disabled?: boolean | undefined;
}

export interface SelectProps extends FieldFrame {
	readonly value: string;
	readonly options: readonly Option[];
	readonly onChange: (value: string) => void;
	readonly disabled?: boolean | undefined;
}

export function Select({ label, hint, error, value, options, onChange, disabled }: SelectProps) {
	return (
		<FieldBox {...{ label, hint, error }}>
			{(ids) => (
				<select
					{...ids}
					disabled={disabled}
					value={value}
					onChange={({ currentTarget }) => onChange(currentTarget.value)}
				>
					{options.map((option) => (
						<option key={option.value} value={option.value} disabled={option.disabled}>
							{option.text}
						</option>
					))}
				</select>
			)}
		</FieldBox>
	);
}

export interface SwitchProps {
	readonly label: string;
	readonly hint?: string | undefined;
	readonly checked: boolean;
	readonly onChange: (checked: boolean) => void;
	readonly disabled?: boolean | undefined;
}

/** On or off, at once. */
export function Switch({ label, hint, checked, onChange, disabled }: SwitchProps) {
	return (
		<label class="kit-switch">
			<input
				type="checkbox"
				role="switch"
				aria-checked={checked}
				checked={checked}
				disabled={disabled}
				onChange={({ currentTarget }) => onChange(currentTarget.checked)}
			/>
			<span>
				{label}
				{hint !== undefined && <small>{hint}</small>}
			</span>
		</label>
	);
}
