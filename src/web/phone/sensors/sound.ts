import { type ReadonlySignal, signal } from "@preact/signals";
import { hertzOf } from "../pitch.ts";
import { audioContextType } from "./microphone.ts";

const TONE_S = 0.4;
const FADE_S = 0.02;
const LOUDEST = 0.4;

/** What a page plays; browsers let it sound only after a tap. */
export class Sound {
	readonly #isOn = signal(false);
	#context: AudioContext | undefined;
	/** 0 to 1. */
	loudness = 1;

	get isOn(): ReadonlySignal<boolean> {
		return this.#isOn;
	}

	/** Whether this browser can play anything. */
	get isThere(): boolean {
		return audioContextType() !== undefined;
	}

	/** Switches it on, inside a tap, or off. */
	async toggle(): Promise<void> {
		if (this.#isOn.value) {
			this.#isOn.value = false;
			return;
		}
		const Type = audioContextType();
		if (Type === undefined) return;
		this.#context ??= new Type();
		await this.#context.resume();
		this.#isOn.value = true;
	}

	/** Plays a tone for a moment. @param value As {@link hertzOf} has it. */
	play(value: number): void {
		const hertz = hertzOf(value);
		const context = this.#context;
		if (!this.#isOn.value || context === undefined || hertz === undefined) return;
		const [tone, gain] = [context.createOscillator(), context.createGain()];
		const from = context.currentTime;
		tone.frequency.value = hertz;
		tone.type = "triangle";
		// Without fading, loudspeakers crack.
		gain.gain.setValueAtTime(0, from);
		gain.gain.linearRampToValueAtTime(LOUDEST * this.loudness, from + FADE_S);
		gain.gain.linearRampToValueAtTime(0, from + TONE_S);
		tone.connect(gain).connect(context.destination);
		tone.start(from);
		tone.stop(from + TONE_S);
	}
}
