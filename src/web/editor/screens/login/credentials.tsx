import { Field } from "../../kit/fields.tsx";
import { texts } from "../../texts/texts.ts";

export interface CredentialsProps {
	readonly isNew: boolean;
	/** Whose login is asked for again. */
	readonly name?: string;
}

/** Name and password, as a browser's password manager knows them. */
export function Credentials({ isNew, name }: CredentialsProps) {
	const { account } = texts.value;
	return (
		<>
			<Field
				label={account.name}
				name="name"
				autocomplete="username"
				autocapitalize="none"
				spellcheck={false}
				maxLength={64}
				{...(isNew && { hint: account.nameHint })}
				{...(name !== undefined && { value: name, readOnly: true })}
				required
			/>
			<Field
				label={account.password}
				name="password"
				type="password"
				autocomplete={isNew ? "new-password" : "current-password"}
				{...(isNew && { minLength: 8, hint: account.passwordHint })}
				required
				data-autofocus={name !== undefined}
			/>
		</>
	);
}
