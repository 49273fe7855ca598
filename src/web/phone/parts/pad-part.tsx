import { useSignal } from "@preact/signals";
import type { PartProps } from "../app-parts.ts";
import { texts } from "../appearance.ts";
import { valueAt } from "../features.ts";
import { type Spot, Surface } from "./surface.tsx";

const MIDDLE: Spot = { x: 0.5, y: 0.5 };

interface PadProps {
	readonly label: string;
	/** @param x −1 (left) to 1. @param y −1 (up) to 1. */
	onMove(x: number, y: number): void;
	/** What is sent, in words. */
	readonly words: string;
}

/** A knob that goes back to the middle when it is let go. */
export function Pad({ label, onMove, words }: PadProps) {
	const spot = useSignal(MIDDLE);
	const move = (to: Spot) => {
		spot.value = to;
		onMove(to.x * 2 - 1, to.y * 2 - 1);
	};
	return (
		<Surface
			class="pad"
			label={label}
			spot={spot.value}
			rest={MIDDLE}
			words={words}
			onMove={move}
		/>
	);
}

/** Two values at once. */
export function PadPart({ app, part }: PartProps) {
	const values = useSignal<readonly number[]>([]);
	const [feature] = part.features;
	if (feature === undefined) return null;
	const [first, second] = feature.params;
	const move = (x: number, y: number) => {
		// Up is more.
		const shares = [(x + 1) / 2, (1 - y) / 2];
		values.value = [first, second].map((param, index) =>
			param === undefined ? 0 : valueAt(shares[index] ?? 0, param),
		);
		app.device.send(feature.name, values.value);
	};
	const words = values.value.join("  ");
	return (
		<>
			<Pad label={`${texts.value.parts.pad} ${feature.name}`} onMove={move} words={words} />
			<p class="value">{words || "–"}</p>
		</>
	);
}
