import type { ComponentChildren } from "preact";
import "./state-dot.css";

export interface StateDotProps {
	/** Whether it is on, online, active; the dot is filled then. The words beside it say the same. */
	readonly isOn: boolean;
	readonly children: ComponentChildren;
}

/** How something is, in words with a dot before them. */
export function StateDot({ isOn, children }: StateDotProps) {
	return <span class={isOn ? "kit-state kit-state-on" : "kit-state"}>{children}</span>;
}
