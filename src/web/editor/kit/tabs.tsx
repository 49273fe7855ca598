import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import "./tabs.css";

export interface TabsProps<T extends string> {
	readonly label: string;
	readonly tabs: readonly { readonly id: T; readonly text: string }[];
	readonly current: T;
	readonly onChange: (id: T) => void;
	/** What the current one shows. */
	readonly children: ComponentChildren;
}

/** Several views of one thing; arrow keys go from one to the next. */
export function Tabs<T extends string>({ label, tabs, current, onChange, children }: TabsProps<T>) {
	const id = useId();
	const onKeyDown = (event: KeyboardEvent) => {
		const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
		if (step === undefined) return;
		const index = tabs.findIndex((tab) => tab.id === current);
		const next = tabs[(index + step + tabs.length) % tabs.length];
		if (next === undefined) return;
		event.preventDefault();
		onChange(next.id);
		document.getElementById(`${id}-${next.id}`)?.focus();
	};
	return (
		<div class="kit-tabs">
			<div role="tablist" aria-label={label} onKeyDown={onKeyDown}>
				{tabs.map((tab) => (
					<button
						key={tab.id}
						id={`${id}-${tab.id}`}
						type="button"
						role="tab"
						aria-selected={tab.id === current}
						aria-controls={`${id}-panel`}
						tabIndex={tab.id === current ? 0 : -1}
						onClick={() => onChange(tab.id)}
					>
						{tab.text}
					</button>
				))}
			</div>
			<div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${current}`}>
				{children}
			</div>
		</div>
	);
}
