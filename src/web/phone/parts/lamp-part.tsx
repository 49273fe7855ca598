import type { PartProps } from "../app-parts.ts";
import { texts } from "../appearance.ts";
import { dimmed, fromValues, hexOf, type Rgb } from "../colour.ts";
import { type Feature, stemOf } from "../features.ts";
import { numbersOf } from "../series.ts";
import { Stage } from "./stage.tsx";

const WHITE: Rgb = [255, 255, 255];
/** Levels of light of the default data (`Luminance-O`, 0 to 4). */
const BRIGHTEST = 4;

/** A lamp: its colour, and how bright it is. */
export function LampPart({ app, part }: PartProps) {
	const isLuminance = (feature: Feature) => stemOf(feature) === "luminance";
	let colour: Rgb | undefined;
	let luminance: number | undefined;
	for (const feature of part.features) {
		const value = app.device.received(feature.name).value?.value;
		if (value === undefined) continue;
		if (isLuminance(feature)) luminance = numbersOf(value)[0] ?? luminance;
		else colour = fromValues(value, feature.params) ?? colour;
	}
	const { max: most = 0 } = part.features.find(isLuminance)?.params[0] ?? {};
	const share = luminance === undefined ? 1 : luminance / (most > 0 ? most : BRIGHTEST);
	const isDark = colour === undefined && luminance === undefined;
	const light = isDark ? undefined : dimmed(colour ?? WHITE, share);
	const words = [
		...(colour === undefined ? [] : [hexOf(colour)]),
		...(luminance === undefined ? [] : [texts.value.luminance(luminance)]),
	].join(" · ");
	return (
		<Stage
			class="lamp"
			label={`${texts.value.parts.lamp}: ${words || texts.value.nothingYet}`}
			colour={light}
			isEmpty={isDark}
		>
			<span class="small">{words || texts.value.nothingYet}</span>
		</Stage>
	);
}
