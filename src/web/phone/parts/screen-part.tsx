import { batch, useSignal, useSignalEffect } from "@preact/signals";
import type { PartProps } from "../app-parts.ts";
import { texts } from "../appearance.ts";
import type { Rgb } from "../colour.ts";
import { shownOf } from "../display.ts";
import { vibrate } from "../vibration.ts";
import { SoundSwitch } from "./sound-switch.tsx";
import { Stage } from "./stage.tsx";

/** Shows what it is told: text, pictures, colours; plays and vibrates. */
export function ScreenPart({ app, part }: PartProps) {
	const text = useSignal<string | undefined>(undefined);
	const image = useSignal("");
	const refused = useSignal("");
	const colour = useSignal<Rgb | undefined>(undefined);
	const isBroken = useSignal(false);
	const name = part.features[0]?.name ?? "";
	useSignalEffect(() => {
		const received = app.device.received(name).value;
		if (received === undefined) return;
		const shown = shownOf(received.value);
		batch(() => {
			if (shown.text !== undefined) text.value = shown.text;
			if (shown.image !== undefined) {
				image.value = shown.image;
				isBroken.value = false;
				refused.value = shown.refused ?? "";
			}
			if (shown.colour !== undefined) colour.value = shown.colour;
		});
		if (shown.sound !== undefined) app.sound.play(shown.sound);
		if (shown.vibrate !== undefined) vibrate(shown.vibrate);
	});
	const words = texts.value;
	const isEmpty = text.value === undefined && image.value === "" && colour.value === undefined;
	return (
		<>
			<Stage
				class="screen"
				label={`${words.parts.screen}: ${text.value ?? ""}`}
				colour={colour.value}
				isEmpty={isEmpty}
			>
				{image.value !== "" && !isBroken.value && (
					<img
						src={image.value}
						alt=""
						referrerpolicy="no-referrer"
						onError={() => {
							isBroken.value = true;
						}}
					/>
				)}
				{isBroken.value && <span class="small">{words.noPicture}</span>}
				{refused.value !== "" && <span class="small">{words.refusedPicture(refused.value)}</span>}
				{text.value !== undefined && <span class="loud">{text.value}</span>}
				{isEmpty && <span class="small">{words.nothingYet}</span>}
			</Stage>
			<SoundSwitch sound={app.sound} />
		</>
	);
}
