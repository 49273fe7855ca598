import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { texts } from "../appearance.ts";
import { hexOf, inkOn, type Rgb } from "../colour.ts";

interface StageProps {
	readonly label: string;
	/** Of the whole stage; undefined: the page's. */
	readonly colour: Rgb | undefined;
	/** Nothing is on it yet. */
	readonly isEmpty: boolean;
	readonly children?: ComponentChildren;
	readonly class: string;
}

/** What others look at; it can fill the screen. */
export function Stage({ label, colour, isEmpty, children, class: name }: StageProps) {
	const isFull = useSignal(false);
	const place = useRef<HTMLDivElement>(null);
	const paint = colour && { background: hexOf(colour), color: inkOn(colour) };
	useEffect(() => {
		// The browser has keys and gestures of its own to leave it.
		const left = () => {
			if (!document.fullscreenElement) isFull.value = false;
		};
		const byKey = ({ key }: KeyboardEvent) => {
			if (key === "Escape") isFull.value = false;
		};
		document.addEventListener("fullscreenchange", left);
		document.addEventListener("keydown", byKey);
		return () => {
			document.removeEventListener("fullscreenchange", left);
			document.removeEventListener("keydown", byKey);
		};
	}, [isFull]);
	const fill = async (wanted: boolean) => {
		isFull.value = wanted;
		const { current: stage } = place;
		try {
			// Where the browser can: in-app browsers often cannot, and then the page alone is filled.
			if (wanted) await stage?.requestFullscreen?.();
			else if (document.fullscreenElement) await document.exitFullscreen();
		} catch {}
	};
	return (
		<div
			ref={place}
			class={`stage ${name} ${isFull.value ? "is-full" : ""} ${isEmpty ? "is-empty" : ""}`}
			{...(paint && { style: paint })}
		>
			<div class="stage-content" role="img" aria-label={label}>
				{children}
			</div>
			<button type="button" class="quiet" onClick={() => void fill(!isFull.value)}>
				{isFull.value ? texts.value.closeFullScreen : texts.value.fullScreen}
			</button>
		</div>
	);
}
