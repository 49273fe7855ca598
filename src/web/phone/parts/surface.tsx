import type { ComponentChildren, TargetedKeyboardEvent, TargetedPointerEvent } from "preact";
import { useRef, useState } from "preact/hooks";
import { clamp } from "../colour.ts";

/** A place on a surface, each 0 to 1, from the left and from the top. */
export interface Spot {
	readonly x: number;
	readonly y: number;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
	ArrowLeft: [-1, 0],
	ArrowRight: [1, 0],
	ArrowUp: [0, -1],
	ArrowDown: [0, 1],
};
const STEP = 1 / 24;

interface SurfaceProps {
	readonly label: string;
	readonly class: string;
	/** Where the knob is; undefined: there is none. */
	readonly spot: Spot | undefined;
	/** What the place means, for those who cannot see it. */
	readonly words: string;
	/** Where it goes back to when it is let go. */
	readonly rest?: Spot;
	onMove(spot: Spot): void;
	readonly children?: ComponentChildren;
}

/** A field that is used by finger, mouse or arrow keys. */
export function Surface(props: SurfaceProps) {
	const { spot, rest, words, onMove } = props;
	const finger = useRef<number | undefined>(undefined);
	// Not while it moves: ten announcements a second help no one.
	const [said, say] = useState(words);
	const place = (event: TargetedPointerEvent<HTMLDivElement>) => {
		const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
		onMove({
			x: clamp((event.clientX - left) / width, 0, 1),
			y: clamp((event.clientY - top) / height, 0, 1),
		});
	};
	const letGo = (event: TargetedPointerEvent<HTMLDivElement>) => {
		if (finger.current !== event.pointerId) return;
		finger.current = undefined;
		if (rest !== undefined) onMove(rest);
		say(words);
	};
	const key = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
		const step = STEPS[event.key];
		const from = spot ?? rest ?? { x: 0.5, y: 0.5 };
		if (step !== undefined) {
			const [right, down] = step;
			onMove({
				x: clamp(from.x + right * STEP, 0, 1),
				y: clamp(from.y + down * STEP, 0, 1),
			});
		} else if (event.key === "Escape" && rest !== undefined) onMove(rest);
		else return;
		event.preventDefault();
	};
	return (
		<div
			class={`surface ${props.class}`}
			role="slider"
			tabIndex={0}
			aria-label={props.label}
			aria-valuemin={0}
			aria-valuemax={100}
			aria-valuenow={Math.round((spot?.x ?? 0) * 100)}
			aria-valuetext={finger.current === undefined ? words : said}
			onPointerDown={(event) => {
				if (finger.current !== undefined) return;
				finger.current = event.pointerId;
				event.currentTarget.setPointerCapture(event.pointerId);
				place(event);
			}}
			onPointerMove={(event) => {
				if (finger.current === event.pointerId) place(event);
			}}
			onPointerUp={letGo}
			onPointerCancel={letGo}
			onKeyDown={key}
		>
			{props.children}
			{spot !== undefined && (
				<span class="knob" style={{ left: `${spot.x * 100}%`, top: `${spot.y * 100}%` }} />
			)}
		</div>
	);
}
