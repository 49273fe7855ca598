import type { FunctionComponent } from "preact";
import type { PartProps } from "../app-parts.ts";
import { texts } from "../appearance.ts";
import type { PartKind } from "../features.ts";
import { ColourPart } from "./colour-part.tsx";
import { LampPart } from "./lamp-part.tsx";
import { NumbersPart, WordsPart } from "./number-parts.tsx";
import { PadPart } from "./pad-part.tsx";
import { ButtonPart, KeypadPart, PresenterPart, SwitchPart } from "./press-parts.tsx";
import { ScreenPart } from "./screen-part.tsx";
import { MicrophonePart, MotionPart, PositionPart } from "./sensor-parts.tsx";
import { FieldsPart, SlidesPart } from "./slides-part.tsx";
import { TonePart } from "./tone-part.tsx";
import { VibrationPart } from "./vibration-part.tsx";

const PARTS: Readonly<Record<PartKind, FunctionComponent<PartProps>>> = {
	colour: ColourPart,
	pad: PadPart,
	button: ButtonPart as FunctionComponent<PartProps>,
	switch: SwitchPart,
	keypad: KeypadPart,
	presenter: PresenterPart,
	slides: SlidesPart,
	fields: FieldsPart,
	acceleration: MotionPart,
	gyroscope: MotionPart,
	orientation: MotionPart,
	microphone: MicrophonePart,
	position: PositionPart,
	location: PositionPart,
	lamp: LampPart,
	screen: ScreenPart,
	vibration: VibrationPart,
	tone: TonePart,
	numbers: NumbersPart,
	words: WordsPart,
};

/** A part with its name, and whether it is linked. */
export function PartCard({ app, part }: PartProps) {
	const Content = PARTS[part.kind];
	const names = part.features.map(({ name }) => name);
	const isLinked = names.some((name) => app.device.connected.value.has(name));
	const id = `part-${names[0]}`;
	return (
		<section class={`card kind-${part.kind}`} aria-labelledby={`${id} ${id}-names`}>
			<header>
				<h2 id={id}>{texts.value.parts[part.kind]}</h2>
				<span id={`${id}-names`} class="names">
					{names.join(" ")}
				</span>
				{!isLinked && <span class="badge">{texts.value.notLinked}</span>}
			</header>
			<Content app={app} part={part} />
		</section>
	);
}
