import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import { IconButton } from "../kit/button.tsx";
import { Icon } from "../kit/icons.tsx";
import { texts } from "../texts/texts.ts";
import { usePanelFocus } from "./use-panel-focus.ts";
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
 * The panel beside the lanes, on a narrow screen a sheet below them. F6 goes there and back. Esc folds the sheet, or closes
 * the panel; the focus then goes back to where it came from.
 */
export function PanelFrame({ kind, title, onClose, children }: PanelFrameProps) {
	const id = useId();
	const frame = useRef<HTMLElement>(null);
	const sheet = useSheet(frame);
	const { size, handle } = sheet;
	const { heading, leave, ...events } = usePanelFocus(frame, sheet, onClose);
	const words = texts.value.panel;
	return (
		<aside ref={frame} class="panel" data-size={size} aria-label={words.title} {...events}>
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
					<h2 ref={heading} tabIndex={-1} title={title}>
						{title}
					</h2>
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
