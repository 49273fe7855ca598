import { useSignal } from "@preact/signals";
import type { TargetedKeyboardEvent } from "preact";
import type { PartProps } from "../app-parts.ts";
import { texts } from "../appearance.ts";
import { stemOf } from "../features.ts";

const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0];

interface KeyProps {
	readonly class: string;
	readonly label: string;
	/** @param isDown Whether it is pressed now, or let go. */
	onPress(isDown: boolean): void;
}

/** A button of which both count, that it is pressed and that it is let go. */
function Key({ label, class: name, onPress }: KeyProps) {
	const isDown = useSignal(false);
	const set = (to: boolean) => {
		if (isDown.value === to) return;
		isDown.value = to;
		onPress(to);
	};
	const isKey = ({ key }: TargetedKeyboardEvent<HTMLElement>) => key === " " || key === "Enter";
	return (
		<button
			type="button"
			class={`${name} ${isDown.value ? "is-down" : ""}`}
			onPointerDown={(event) => {
				event.currentTarget.setPointerCapture(event.pointerId);
				set(true);
			}}
			onPointerUp={() => set(false)}
			onPointerCancel={() => set(false)}
			onContextMenu={(event) => event.preventDefault()}
			onKeyDown={(event) => isKey(event) && set(true)}
			onKeyUp={(event) => isKey(event) && set(false)}
			onBlur={() => set(false)}
		>
			{label}
		</button>
	);
}

/** 1 while it is pressed, else 0. */
export function ButtonPart({ app, part }: PartProps) {
	return part.features.map(({ name, params }) => (
		<Key
			key={name}
			class="big"
			label={labelOf(name)}
			onPress={(isDown) => {
				const isVoid = params.every(({ type }) => type === "void");
				if (!isVoid) app.device.press(name, [isDown ? 1 : 0]);
				else if (isDown) app.device.press(name, []);
			}}
		/>
	));
}

/** `Button-I2` is *Button 2*; what is called otherwise keeps its name. */
function labelOf(name: string): string {
	const [, number] = /^Button-I(\d*)$/.exec(name) ?? [];
	const plain = name.replace(/-I(\d*)$/, " $1").trim();
	return number === undefined ? plain : `${texts.value.parts.button} ${number}`.trim();
}

/** Digits, each sent when it is pressed. */
export function KeypadPart({ app, part }: PartProps) {
	const [feature] = part.features;
	if (feature === undefined) return null;
	return (
		<div class="keys">
			{DIGITS.map((digit) => (
				<Key
					key={digit}
					class={digit === 0 ? "wide" : ""}
					label={`${digit}`}
					onPress={(isDown) => isDown && app.device.press(feature.name, [digit])}
				/>
			))}
		</div>
	);
}

/** Turns the pages of a slide show. */
export function PresenterPart({ app, part }: PartProps) {
	const [feature] = part.features;
	if (feature === undefined) return null;
	const press = (word: string) => (isDown: boolean) =>
		isDown && app.device.press(feature.name, [word]);
	return (
		<div class="pair">
			<Key class="big" label={texts.value.previous} onPress={press("prev")} />
			<Key class="big" label={texts.value.next} onPress={press("next")} />
		</div>
	);
}

/** On or off. */
export function SwitchPart({ app, part }: PartProps) {
	const isOn = useSignal(false);
	const [feature] = part.features;
	if (feature === undefined) return null;
	const isBoolean = feature.params[0]?.type === "boolean";
	return (
		<button
			type="button"
			class="switch"
			role="switch"
			aria-checked={isOn.value}
			aria-label={`${texts.value.parts.switch} ${stemOf(feature)} ${feature.name}`}
			onClick={() => {
				isOn.value = !isOn.value;
				app.device.send(feature.name, [isBoolean ? isOn.value : Number(isOn.value)]);
			}}
		>
			<span class="track" aria-hidden="true">
				<span class="thumb" />
			</span>
			{isOn.value ? texts.value.on : texts.value.off}
		</button>
	);
}
