import { Icon } from "./icons.tsx";
import "./search.css";

export interface SearchProps {
	readonly label: string;
	readonly value: string;
	readonly onInput: (value: string) => void;
	readonly onKeyDown?: ((event: KeyboardEvent) => void) | undefined;
	readonly autofocus?: boolean | undefined;
}

/** Looks for something in what is shown. */
export function Search({ label, value, onInput, onKeyDown, autofocus }: SearchProps) {
	return (
		<div class="kit-search">
			<Icon name="search" />
			<input
				type="search"
				aria-label={label}
				placeholder={label}
				value={value}
				data-autofocus={autofocus}
				onInput={({ currentTarget }) => onInput(currentTarget.value)}
				onKeyDown={onKeyDown}
			/>
		</div>
	);
}
