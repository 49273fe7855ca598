import { type ReadonlySignal, signal } from "@preact/signals";
import { beforeAsked, blockedBy, type SensorState } from "./blocked.ts";

/** Ten levels a second. */
const PERIOD_MS = 100;
/** Silence, in decibels below the loudest. */
const FLOOR_DB = -60;

/** How loud it is around a phone. */
export class Microphone {
	readonly #state = signal<SensorState>(beforeAsked(isSecureContext));
	readonly #level = signal(0);

	get state(): ReadonlySignal<SensorState> {
		return this.#state;
	}

	/** 0 (silence) to 1. */
	get level(): ReadonlySignal<number> {
		return this.#level;
	}

	/** Begins, inside a tap; again after a refusal. */
	async start(): Promise<void> {
		const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
		const AudioContextType = audioContextType();
		if (mediaDevices === undefined || AudioContextType === undefined) {
			this.#state.value = isSecureContext ? "missing" : "insecure";
			return;
		}
		this.#state.value = "asking";
		let context: AudioContext | undefined;
		try {
			// Inside the tap: some browsers let it run only then.
			context = new AudioContextType();
			const stream = await mediaDevices.getUserMedia({ audio: true });
			const analyser = context.createAnalyser();
			context.createMediaStreamSource(stream).connect(analyser);
			const samples = new Uint8Array(analyser.fftSize);
			setInterval(() => {
				analyser.getByteTimeDomainData(samples);
				this.#level.value = levelOf(samples);
			}, PERIOD_MS);
			this.#state.value = "on";
		} catch (error) {
			void context?.close();
			this.#state.value = blockedBy(error, isSecureContext);
		}
	}
}

/** How loud samples are, 0 to 1. @param samples 128 is silence. */
export function levelOf(samples: ArrayLike<number>): number {
	const squares = Array.from(samples, (sample) => ((sample - 128) / 128) ** 2);
	const mean = squares.reduce((sum, one) => sum + one, 0) / Math.max(1, squares.length);
	if (mean === 0) return 0;
	const share = 1 - (10 * Math.log10(mean)) / FLOOR_DB;
	return Math.round(Math.min(1, Math.max(0, share)) * 100) / 100;
}

/** Older iPhones have it under another name. */
export function audioContextType(): typeof AudioContext | undefined {
	const names = globalThis as {
		AudioContext?: typeof AudioContext;
		webkitAudioContext?: typeof AudioContext;
	};
	return names.AudioContext ?? names.webkitAudioContext;
}
