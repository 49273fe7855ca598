import { useSignal } from "@preact/signals";
import type { PartProps } from "../app-parts.ts";
import { texts } from "../appearance.ts";
import { colourAt, hexOf, toParams } from "../colour.ts";
import { type Spot, Surface } from "./surface.tsx";

/** A field of all colours. */
export function ColourPart({ app, part }: PartProps) {
	const spot = useSignal<Spot | undefined>(undefined);
	const [feature] = part.features;
	if (feature === undefined) return null;
	const at = spot.value;
	const rgb = at === undefined ? undefined : colourAt(at.x, at.y);
	const move = (to: Spot) => {
		spot.value = to;
		app.device.send(feature.name, toParams(colourAt(to.x, to.y), feature.params));
	};
	const words = rgb === undefined ? texts.value.fieldHint : hexOf(rgb);
	const label = `${texts.value.parts.colour} ${feature.name}`;
	return (
		<>
			<Surface class="colours" label={label} spot={at} words={words} onMove={move} />
			<p class="value">
				{rgb !== undefined && <span class="swatch" style={{ background: hexOf(rgb) }} />}
				{rgb === undefined ? "–" : rgb.join("  ")}
			</p>
		</>
	);
}
