import { useSignal, useSignalEffect } from "@preact/signals";
import type { PartProps } from "../app-parts.ts";
import { texts } from "../appearance.ts";
import { stemOf } from "../features.ts";
import { loudnessOf } from "../pitch.ts";
import { numbersOf } from "../series.ts";
import { SoundSwitch } from "./sound-switch.tsx";

/** Plays a tone for each value. */
export function TonePart({ app, part }: PartProps) {
	const last = useSignal<number | undefined>(undefined);
	for (const feature of part.features) {
		// The features of a part stay the same.
		useSignalEffect(() => {
			const received = app.device.received(feature.name).value;
			if (received === undefined) return;
			const [value] = numbersOf(received.value);
			if (value === undefined) return;
			if (stemOf(feature) === "volume") app.sound.loudness = loudnessOf(value);
			else {
				last.value = value;
				app.sound.play(value);
			}
		});
	}
	return (
		<>
			<SoundSwitch sound={app.sound} />
			<p class="value">
				{last.value === undefined ? texts.value.nothingYet : texts.value.tone(last.value)}
			</p>
		</>
	);
}
