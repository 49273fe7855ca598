import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icons.tsx";
import { placeBelow } from "./place-below.ts";

/** What a menu offers: something to do, or somewhere to go. */
export type MenuItem =
	| {
			readonly text: string;
			readonly icon?: IconName | undefined;
			readonly run: () => void;
			readonly isDangerous?: boolean | undefined;
			readonly disabled?: boolean | undefined;
			/** For choices: whether it is the current one. */
			readonly checked?: boolean | undefined;
	  }
	| {
			readonly text: string;
			readonly icon?: IconName | undefined;
			readonly href: string;
			readonly current?: boolean | undefined;
	  }
	| "line";

export interface MenuProps {
	readonly label: string;
	readonly icon?: IconName | undefined;
	/** Beside the picture, or instead of it. */
	readonly text?: string | undefined;
	readonly items: readonly MenuItem[];
}

const ENTRY = "a, button:not(:disabled)";

const STEPS: Readonly<Record<string, (index: number, last: number) => number>> = {
	ArrowDown: (index, last) => (index >= last ? 0 : index + 1),
	ArrowUp: (index, last) => (index <= 0 ? last : index - 1),
	Home: () => 0,
	End: (_, last) => last,
};

/** A button that opens a list of things to do; arrow keys go through it, Esc closes it. */
export function Menu({ label, icon = "more", text, items }: MenuProps) {
	const id = useId();
	const [isOpen, setIsOpen] = useState(false);
	const button = useRef<HTMLButtonElement>(null);
	const list = useRef<HTMLDivElement>(null);
	const entries = (): HTMLElement[] => [
		...(list.current?.querySelectorAll<HTMLElement>(ENTRY) ?? []),
	];
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.key === "Tab") list.current?.hidePopover();
		const step = STEPS[event.key];
		if (step === undefined) return;
		event.preventDefault();
		const all = entries();
		const index = all.findIndex((entry) => entry.matches(":focus"));
		all[step(index, all.length - 1)]?.focus();
	};
	const onToggle = (event: { readonly newState: string }) => setIsOpen(event.newState === "open");
	// Its entries are drawn only while it is open.
	useLayoutEffect(() => {
		if (!isOpen || button.current === null || list.current === null) return;
		placeBelow(list.current, button.current);
		list.current.querySelector<HTMLElement>(ENTRY)?.focus();
	}, [isOpen]);
	return (
		<>
			<button
				ref={button}
				type="button"
				class={text === undefined ? "kit-icon-button" : "kit-button kit-plain"}
				popovertarget={id}
				aria-haspopup="menu"
				aria-expanded={isOpen}
				aria-label={text === undefined ? label : `${text}, ${label}`}
				title={label}
			>
				<Icon name={icon} />
				{text}
			</button>
			<div
				ref={list}
				id={id}
				popover="auto"
				role="menu"
				tabIndex={-1}
				aria-label={label}
				class="kit-menu"
				onKeyDown={onKeyDown}
				onToggle={onToggle}
			>
				{isOpen &&
					keyed(items).map(([key, item]) => (
						<Entry key={key} item={item} close={() => list.current?.hidePopover()} />
					))}
			</div>
		</>
	);
}

/** An entry stays the element that has the focus, or a finger on it, while the page is drawn again around it. */
function keyed(items: readonly MenuItem[]): [key: string, item: MenuItem][] {
	const times = new Map<string, number>();
	return items.map((item) => {
		const name = item === "line" ? item : item.text;
		const time = times.get(name) ?? 0;
		times.set(name, time + 1);
		return [`${name}/${time}`, item];
	});
}

function Entry({ item, close }: { readonly item: MenuItem; readonly close: () => void }) {
	if (item === "line") return <hr />;
	const content = (
		<>
			{item.icon !== undefined && <Icon name={item.icon} />}
			<span>{item.text}</span>
		</>
	);
	if ("href" in item) {
		return (
			<a
				role="menuitem"
				tabIndex={-1}
				href={item.href}
				aria-current={item.current === true ? "page" : undefined}
				onClick={close}
			>
				{content}
			</a>
		);
	}
	const { run, isDangerous, disabled, checked } = item;
	const choose = () => {
		close();
		run();
	};
	const shared = {
		type: "button" as const,
		tabIndex: -1,
		disabled,
		class: isDangerous === true ? "kit-menu-danger" : undefined,
		onClick: choose,
	};
	if (checked === undefined) {
		return (
			<button {...shared} role="menuitem">
				{content}
			</button>
		);
	}
	return (
		<button {...shared} role="menuitemradio" aria-checked={checked}>
			{content}
			{checked && <Icon name="check" />}
		</button>
	);
}
