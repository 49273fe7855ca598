import { useEffect, useState } from "preact/hooks";
import type { App } from "../app-context.ts";
import { Icon } from "../kit/icons.tsx";
import { texts } from "../texts/texts.ts";
import { timeLeft } from "./time-left.ts";

const SECOND_MS = 1000;
/** A code that ends within this is marked. */
const SOON_MS = 5 * 60 * SECOND_MS;

export interface CountdownProps {
	readonly clock: App["clock"];
	/** When a code ends, by that clock. */
	readonly endsMs: number;
	/** Hears once that the time is over. */
	readonly onEnd: () => void;
}

/** How long a code is still good for; it changes each second, and is read aloud only when asked for. */
export function Countdown({ clock, endsMs, onEnd }: CountdownProps) {
	const words = texts.value.invite;
	const [left, setLeft] = useState(() => endsMs - clock.monotonic());
	useEffect(() => {
		let cancel = () => {};
		const tick = () => {
			const ms = endsMs - clock.monotonic();
			setLeft(ms);
			// With the second that is shown, not somewhere within it.
			if (ms > 0) cancel = clock.after((ms % SECOND_MS) + 1, tick);
			else onEnd();
		};
		tick();
		return () => cancel();
	}, [clock, endsMs, onEnd]);
	return (
		<p class={`invite-left ${left < SOON_MS ? "invite-soon" : ""}`}>
			<Icon name="clock" />
			<span>{words.endsIn}</span> <span role="timer">{timeLeft(left)}</span>
		</p>
	);
}
