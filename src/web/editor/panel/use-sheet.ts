import type { RefObject } from "preact";
import { useRef, useState } from "preact/hooks";
import { firstSize, MIN_DRAG, type SheetSize, sizeAt, stepped } from "./sheet.ts";

/** What a handle needs to fold, unfold and drag its sheet. */
export interface Sheet {
	readonly size: SheetSize;
	readonly setSize: (size: SheetSize) => void;
	readonly handle: {
		readonly onClick: (event: MouseEvent) => void;
		readonly onKeyDown: (event: KeyboardEvent) => void;
		readonly onPointerDown: (event: PointerEvent) => void;
		readonly onPointerMove: (event: PointerEvent) => void;
		readonly onPointerUp: (event: PointerEvent) => void;
		readonly onPointerCancel: () => void;
	};
}

interface Drag {
	readonly y: number;
	readonly height: number;
	moved: boolean;
}

/** A panel that is a sheet on narrow screens; its handle is a button, and can be dragged. */
export function useSheet(sheet: RefObject<HTMLElement | null>): Sheet {
	const [size, setSize] = useState<SheetSize>(() => firstSize(window.innerWidth));
	const drag = useRef<Drag | undefined>(undefined);
	/** A drag by mouse ends with a click, which is none. */
	const ignoresClick = useRef(false);
	const end = () => {
		drag.current = undefined;
		sheet.current?.style.removeProperty("height");
	};
	return {
		size,
		setSize,
		handle: {
			onClick: ({ detail }) => {
				// A key clicks without a press before it.
				if (!ignoresClick.current || detail === 0) setSize(size === "folded" ? "half" : "folded");
				ignoresClick.current = false;
			},
			onKeyDown: (event) => {
				const step = ({ ArrowUp: 1, ArrowDown: -1 } as const)[event.key];
				if (step === undefined) return;
				event.preventDefault();
				setSize(stepped(size, step));
			},
			onPointerDown: ({ currentTarget, pointerId, clientY }) => {
				ignoresClick.current = false;
				if (!(currentTarget instanceof Element) || sheet.current === null) return;
				currentTarget.setPointerCapture(pointerId);
				drag.current = { y: clientY, height: sheet.current.offsetHeight, moved: false };
			},
			onPointerMove: ({ clientY }) => {
				const { current } = drag;
				if (current === undefined || sheet.current === null) return;
				const up = current.y - clientY;
				if (Math.abs(up) >= MIN_DRAG) current.moved = true;
				if (current.moved) sheet.current.style.height = `${Math.max(0, current.height + up)}px`;
			},
			onPointerUp: ({ clientY }) => {
				const { current } = drag;
				end();
				if (current?.moved !== true) return;
				ignoresClick.current = true;
				setSize(sizeAt(current.height + current.y - clientY, window.innerHeight));
			},
			onPointerCancel: end,
		},
	};
}
