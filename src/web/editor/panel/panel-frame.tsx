import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import { IconButton } from "../kit/button.tsx";
import { Icon } from "../kit/icons.tsx";
import { texts } from "../texts/texts.ts";
import { SHEET_BELOW } from "./sheet.ts";
import { useSheet } from "./use-sheet.ts";
import "./panel.css";

export interface PanelFrameProps {
	/** What the selection is, such as "Join". */
	readonly kind: string;
	/** Its name. */
	readonly title: string;
	/** Undefined: there is nothing to close. */
	readonly onClose?: (() => void) | undefined;
	readonly children: ComponentChildren;
}

/**
 * The panel beside the lanes, on a narrow screen a sheet below them. Esc folds the sheet, or closes the panel; the focus
 * then goes back to where it came from.
 */
export function PanelFrame({ kind, title, onClose, children }: PanelFrameProps) {
	const id = useId();
	const frame = useRef<HTMLElement>(null);
	const { size, setSize, handle } = useSheet(frame);
	const cameFrom = useRef<HTMLElement | undefined>(undefined);
	const words = texts.value.panel;
	const leave = () => {
		if (cameFrom.current?.isConnected === true) cameFrom.current.focus();
		cameFrom.current = undefined;
	};
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.key !== "Escape" || event.defaultPrevented) return;
		event.preventDefault();
		event.stopPropagation();
		const isSheet = window.innerWidth < SHEET_BELOW;
		if (isSheet && size !== "folded") setSize("folded");
		else onClose?.();
		leave();
	};
	return (
		<aside
			ref={frame}
			class="panel"
			data-size={size}
			aria-label={words.title}
			onKeyDown={onKeyDown}
			onFocusIn={({ relatedTarget }) => {
				const isInside = relatedTarget instanceof Node && frame.current?.contains(relatedTarget);
				if (!isInside && relatedTarget instanceof HTMLElement) cameFrom.current = relatedTarget;
			}}
		>
			<header class="panel-head">
				<button
					type="button"
					class="panel-handle"
					aria-expanded={size !== "folded"}
					aria-controls={id}
					aria-label={size === "folded" ? words.open : words.fold}
					{...handle}
				>
					<span class="panel-grip" aria-hidden="true" />
					<Icon name={size === "folded" ? "collapse" : "expand"} />
				</button>
				<div class="panel-title">
					<p>{kind}</p>
					<h2 title={title}>{title}</h2>
				</div>
				{onClose !== undefined && (
					<IconButton
						icon="close"
						label={words.close}
						onClick={() => {
							onClose();
							leave();
						}}
					/>
				)}
			</header>
			<div id={id} class="panel-body">
				{children}
			</div>
		</aside>
	);
}
