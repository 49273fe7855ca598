import { Button } from "../../kit/button.tsx";
import { Field } from "../../kit/fields.tsx";
import { texts } from "../../texts/texts.ts";
import { drawPassword } from "./draw-password.ts";

export interface PasswordFieldProps {
	readonly value: string;
	readonly isAdmin: boolean;
	readonly onInput: (password: string) => void;
}

/** A password for another person: shown, since it has to be told, or drawn. */
export function PasswordField({ value, isAdmin, onInput }: PasswordFieldProps) {
	const { people } = texts.value;
	return (
		<div class="people-password">
			<Field
				label={people.password}
				hint={isAdmin ? people.passwordAdmin : undefined}
				value={value}
				onInput={onInput}
				required
				minLength={isAdmin ? 8 : 1}
				maxLength={1000}
				autocomplete="off"
				autocapitalize="none"
				spellcheck={false}
			/>
			<Button icon="refresh" onClick={() => onInput(drawPassword())}>
				{people.draw}
			</Button>
		</div>
	);
}
