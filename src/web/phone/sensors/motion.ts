import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { PhoneClock } from "../phone-clock.ts";
import type { SensorState } from "./blocked.ts";

export type MotionKind = "acceleration" | "gyroscope" | "orientation";
export type Three = readonly [number, number, number];

/** The part of the browser that motion comes from. */
export interface MotionSource {
	readonly isSecure: boolean;
	/** Constructors of the events; iOS has a question to the reader on them, which has to be asked inside a tap. */
	readonly types: readonly (undefined | { requestPermission?: () => Promise<string> })[];
	listen(name: "devicemotion" | "deviceorientation", handler: (event: Event) => void): void;
}

/** Longest wait for the first event. */
const PATIENCE_MS = 2_500;
/** Ten values a second: what a network with forty phones bears. */
const PERIOD_MS = 95;

/** What a phone feels: three kinds with one permission. */
export class Motion {
	readonly #source: MotionSource;
	readonly #clock: PhoneClock;
	readonly #state = signal<SensorState>("off");
	readonly #values: Readonly<Record<MotionKind, Signal<Three | undefined>>> = {
		acceleration: signal(undefined),
		gyroscope: signal(undefined),
		orientation: signal(undefined),
	};
	readonly #takenAt = new Map<MotionKind, number>();
	#isListening = false;

	constructor(source: MotionSource, clock: PhoneClock) {
		this.#source = source;
		this.#clock = clock;
	}

	get state(): ReadonlySignal<SensorState> {
		return this.#state;
	}

	/** Acceleration with gravity (m/s²), rotation (degrees per second), orientation (degrees); undefined: none came yet. */
	values(kind: MotionKind): ReadonlySignal<Three | undefined> {
		return this.#values[kind];
	}

	/** Whether the browser may want a tap. */
	get asks(): boolean {
		return this.#source.types.some((type) => typeof type?.requestPermission === "function");
	}

	/** Takes what comes unasked; where the reader has to be asked first, nothing is said until then. */
	async begin(): Promise<void> {
		if (this.asks && this.#source.isSecure) this.#listen();
		else await this.start();
	}

	/** Begins, inside a tap; again after a refusal. */
	async start(): Promise<void> {
		const { types, isSecure } = this.#source;
		if (types.every((type) => type === undefined)) {
			this.#state.value = isSecure ? "missing" : "insecure";
			return;
		}
		this.#state.value = "asking";
		try {
			// All of them in the same tap.
			const answers = await Promise.all(types.map((type) => type?.requestPermission?.()));
			if (answers.includes("denied")) {
				this.#state.value = "denied";
				return;
			}
		} catch {
			this.#state.value = isSecure ? "denied" : "insecure";
			return;
		}
		this.#listen();
		this.#clock.after(PATIENCE_MS, () => {
			if (this.#state.value === "asking") this.#state.value = isSecure ? "silent" : "insecure";
		});
	}

	#listen(): void {
		if (this.#isListening) return;
		this.#isListening = true;
		this.#source.listen("devicemotion", (event) => {
			const { accelerationIncludingGravity: felt, rotationRate: turn } = event as DeviceMotionEvent;
			this.#take("acceleration", [felt?.x, felt?.y, felt?.z]);
			this.#take("gyroscope", [turn?.alpha, turn?.beta, turn?.gamma]);
		});
		this.#source.listen("deviceorientation", (event) => {
			const { alpha, beta, gamma } = event as DeviceOrientationEvent;
			this.#take("orientation", [alpha, beta, gamma]);
		});
	}

	/** Browsers without a sensor send events without numbers. */
	#take(kind: MotionKind, felt: readonly (number | null | undefined)[]): void {
		if (felt.every((one) => typeof one !== "number")) return;
		const now = this.#clock.now();
		if (now - (this.#takenAt.get(kind) ?? Number.NEGATIVE_INFINITY) < PERIOD_MS) return;
		this.#takenAt.set(kind, now);
		this.#state.value = "on";
		const [x = 0, y = 0, z = 0] = felt.map((one) => Math.round((one ?? 0) * 100) / 100);
		this.#values[kind].value = [x, y, z];
	}
}

/**
 * What a finger on a field stands for instead of a sensor.
 * @param x From −1 (left) to 1. @param y From −1 (up) to 1.
 */
export function motionAt(kind: MotionKind, x: number, y: number): Three {
	const to2 = (value: number) => Math.round(value * 100) / 100;
	switch (kind) {
		case "acceleration": {
			const length = Math.hypot(x, y);
			const shrink = length > 1 ? 1 / length : 1;
			const [tiltX, tiltY] = [x * shrink, y * shrink];
			const up = Math.sqrt(Math.max(0, 1 - tiltX ** 2 - tiltY ** 2));
			return [to2(tiltX * 9.81), to2(-tiltY * 9.81), to2(up * 9.81)];
		}
		case "gyroscope":
			return [0, to2(y * 180), to2(x * 180)];
		case "orientation":
			return [0, to2(y * 90), to2(x * 90)];
	}
}

/** The browser's own. */
export function browserMotion(): MotionSource {
	return {
		isSecure: isSecureContext,
		types: [
			typeof DeviceMotionEvent === "undefined" ? undefined : DeviceMotionEvent,
			typeof DeviceOrientationEvent === "undefined" ? undefined : DeviceOrientationEvent,
		] as MotionSource["types"],
		listen: (name, handler) => window.addEventListener(name, handler),
	};
}
