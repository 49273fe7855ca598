import { texts } from "../appearance.ts";
import type { Sound } from "../sensors/sound.ts";

/** Browsers play nothing before a tap. */
export function SoundSwitch({ sound }: { sound: Sound }) {
	if (!sound.isThere) return <p class="why">{texts.value.noSound}</p>;
	return (
		<button type="button" aria-pressed={sound.isOn.value} onClick={() => void sound.toggle()}>
			{sound.isOn.value ? texts.value.soundOff : texts.value.soundOn}
		</button>
	);
}
