import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { PartProps } from "../app-parts.ts";
import { texts } from "../appearance.ts";
import { numbersOf } from "../series.ts";
import { canVibrate, vibrate, vibrationMs } from "../vibration.ts";

/** Vibrates; where the browser cannot, the part shakes. */
export function VibrationPart({ app, part }: PartProps) {
	const shaking = useSignal(0);
	const name = part.features[0]?.name ?? "";
	useSignalEffect(() => {
		const received = app.device.received(name).value;
		if (received === undefined) return;
		const value = numbersOf(received.value)[0] ?? 0;
		vibrate(value);
		shaking.value = vibrationMs(value);
	});
	useEffect(() => {
		if (shaking.value === 0) return;
		const timer = setTimeout(() => {
			shaking.value = 0;
		}, shaking.value);
		return () => clearTimeout(timer);
	}, [shaking.value]);
	return (
		<>
			<p class={`value ${shaking.value > 0 ? "shaking" : ""}`}>
				{shaking.value > 0 ? texts.value.vibrated : "–"}
			</p>
			{!canVibrate() && <p class="why">{texts.value.noVibration}</p>}
		</>
	);
}
