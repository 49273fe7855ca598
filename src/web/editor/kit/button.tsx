import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconName } from "./icons.tsx";

type ButtonAttributes = Omit<JSX.IntrinsicElements["button"], "class" | "icon" | "label" | "type">;

export interface ButtonProps extends ButtonAttributes {
	/** `main`: what the reader most likely wants; one for each screen or dialog. */
	readonly kind?: "main" | "plain" | "danger" | "quiet" | undefined;
	readonly icon?: IconName | undefined;
	readonly type?: "button" | "submit" | undefined;
	readonly children: ComponentChildren;
}

export function Button({ kind = "plain", icon, type = "button", children, ...rest }: ButtonProps) {
	return (
		<button {...rest} type={type} class={`kit-button kit-${kind}`}>
			{icon !== undefined && <Icon name={icon} />}
			{children}
		</button>
	);
}

export interface IconButtonProps extends ButtonAttributes {
	readonly icon: IconName;
	/** Read aloud, and shown when the pointer rests on it. */
	readonly label: string;
	/** For buttons that stay pressed. */
	readonly pressed?: boolean | undefined;
}

export function IconButton({ icon, label, pressed, ...rest }: IconButtonProps) {
	return (
		<button
			{...rest}
			type="button"
			class="kit-icon-button"
			aria-label={label}
			aria-pressed={pressed}
			title={label}
		>
			<Icon name={icon} />
		</button>
	);
}

export interface LinkButtonProps {
	readonly href: string;
	readonly kind?: "main" | "plain" | "quiet" | undefined;
	readonly icon?: IconName | undefined;
	/** The name of the file it loads, for downloads. */
	readonly download?: string | undefined;
	readonly children: ComponentChildren;
}

/** A link that looks like a button. */
export function LinkButton({ kind = "plain", icon, children, ...rest }: LinkButtonProps) {
	return (
		<a {...rest} class={`kit-button kit-${kind}`}>
			{icon !== undefined && <Icon name={icon} />}
			{children}
		</a>
	);
}
