import { useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { PartProps, PhoneApp } from "../app-parts.ts";
import { texts } from "../appearance.ts";
import type { Param } from "../features.ts";
import type { SensorState } from "../sensors/blocked.ts";
import { type MotionKind, motionAt } from "../sensors/motion.ts";
import { Pad } from "./pad-part.tsx";
import { Slides } from "./slides-part.tsx";

interface SensorProps {
	readonly app: PhoneApp;
	readonly state: SensorState;
	/** What the button says that switches it on. */
	readonly action: string;
	onStart(): void;
	/** What to use instead while it is not on. */
	readonly children?: ComponentChildren;
}

/** Whether a sensor works, why not, and what can be done. */
function Sensor({ app, state, action, onStart, children }: SensorProps) {
	const words = texts.value;
	const https = app.device.opened.value?.https;
	const canStart = state === "off" || state === "denied" || state === "silent" || state === "busy";
	return (
		<>
			{state !== "on" && <p class="why">{words.sensors[state]}</p>}
			{canStart && (
				<button type="button" class="main" onClick={onStart}>
					{state === "off" ? action : words.tryAgain}
				</button>
			)}
			{state === "insecure" && https !== undefined && (
				<a class="action main" href={https}>
					{words.https}
				</a>
			)}
			{state !== "on" && children !== undefined && (
				<>
					<p class="why">{words.byFinger}</p>
					{children}
				</>
			)}
		</>
	);
}

/** What the phone feels, or what a finger says instead. */
export function MotionPart({ app, part }: PartProps) {
	const shown = useSignal<readonly number[]>([]);
	const [feature] = part.features;
	const kind = part.kind as MotionKind;
	const name = feature?.name ?? "";
	const send = (values: readonly number[]) => {
		shown.value = values;
		app.device.send(name, values);
	};
	useSignalEffect(() => {
		const values = app.motion.values(kind).value;
		if (values !== undefined) send(values);
	});
	const words = shown.value.join("  ");
	return (
		<>
			<Sensor
				app={app}
				state={app.motion.state.value}
				action={texts.value.useSensor}
				onStart={() => void app.motion.start()}
			>
				<Pad
					label={`${texts.value.parts[kind]} ${name}`}
					onMove={(x, y) => send(motionAt(kind, x, y))}
					words={words}
				/>
			</Sensor>
			<p class="value">{words || "–"}</p>
		</>
	);
}

const LOUDNESS: Param = { type: "float", min: 0, max: 1 };
/** From which level on a feature that only knows 0 and 1 hears something. */
const LOUD = 0.6;

/** How loud it is. */
export function MicrophonePart({ app, part }: PartProps) {
	const [feature] = part.features;
	const name = feature?.name ?? "";
	const [param = LOUDNESS] = feature?.params ?? [];
	const isBit = param.type === "int" && param.max - param.min === 1;
	const send = (level: number) => {
		const { min, max } = param.max > param.min ? param : { min: 0, max: 100 };
		const value = isBit
			? Number(level >= LOUD)
			: Math.round((min + level * (max - min)) * 100) / 100;
		app.device.send(name, [value]);
	};
	useSignalEffect(() => {
		if (app.microphone.state.value === "on") send(app.microphone.level.value);
	});
	const { state, level } = app.microphone;
	return (
		<>
			<Sensor
				app={app}
				state={state.value}
				action={texts.value.useMicrophone}
				onStart={() => void app.microphone.start()}
			>
				<Slides name={name} params={[LOUDNESS]} onMove={([share = 0]) => send(share)} />
			</Sensor>
			{state.value === "on" && (
				<div class="level" aria-hidden="true">
					<span style={{ width: `${level.value * 100}%` }} />
				</div>
			)}
			{isBit && <p class="why">{texts.value.loud}</p>}
		</>
	);
}

const DEGREES: readonly Param[] = [
	{ type: "float", min: -90, max: 90, name: "°N" },
	{ type: "float", min: -180, max: 180, name: "°E" },
];

/** Where the phone is. */
export function PositionPart({ app, part }: PartProps) {
	const [feature] = part.features;
	const name = feature?.name ?? "";
	const send = (latitude: number, longitude: number, accuracy: number | null) => {
		const isOne = part.kind === "location";
		app.device.send(name, isOne ? [{ latitude, longitude, accuracy }] : [latitude, longitude]);
	};
	const { state, place } = app.position;
	useSignalEffect(() => {
		const found = place.value;
		if (found !== undefined) send(found.latitude, found.longitude, found.accuracy);
	});
	const found = place.value;
	return (
		<>
			<Sensor
				app={app}
				state={state.value}
				action={texts.value.usePosition}
				onStart={() => app.position.start()}
			>
				<Slides
					name={name}
					params={DEGREES}
					onMove={([north = 0, east = 0]) => send(north, east, null)}
				/>
			</Sensor>
			{found !== undefined && (
				<p class="value">
					{found.latitude.toFixed(5)} {found.longitude.toFixed(5)}
					<br />
					{texts.value.accuracy(found.accuracy)}
				</p>
			)}
		</>
	);
}
