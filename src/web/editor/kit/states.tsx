import type { ComponentChildren } from "preact";
import { texts } from "../texts/texts.ts";
import { Button } from "./button.tsx";
import { Icon, type IconName } from "./icons.tsx";

export interface EmptyStateProps {
	readonly title: string;
	/** Whether it is all that the screen has, which then has no other heading. */
	readonly isScreen?: boolean | undefined;
	/** What goes there. */
	readonly hint?: ComponentChildren | undefined;
	readonly icon?: IconName | undefined;
	/** The button that fills it. */
	readonly action?: ComponentChildren | undefined;
}

/** Where there is nothing yet: what goes there, and how. */
export function EmptyState({ title, isScreen = false, hint, icon, action }: EmptyStateProps) {
	return (
		<div class="kit-empty">
			{icon !== undefined && <Icon name={icon} />}
			{isScreen ? <h1 class="kit-empty-title">{title}</h1> : <p class="kit-empty-title">{title}</p>}
			{hint !== undefined && <p>{hint}</p>}
			{action}
		</div>
	);
}

/** While something is loaded. */
export function Spinner() {
	return (
		<p class="kit-spinner" role="status">
			<span aria-hidden="true" />
			{texts.value.shell.loading}
		</p>
	);
}

export interface FailedProps {
	/** In the server's words. */
	readonly reason: string;
	readonly onRetry: () => void;
}

/** Where something could not be loaded. */
export function Failed({ reason, onRetry }: FailedProps) {
	return (
		<div class="kit-empty" role="alert">
			<Icon name="warning" />
			<p class="kit-empty-title">{texts.value.shell.failed}</p>
			<p>{reason}</p>
			<Button icon="refresh" onClick={onRetry}>
				{texts.value.shell.again}
			</Button>
		</div>
	);
}
