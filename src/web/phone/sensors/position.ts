import { type ReadonlySignal, signal } from "@preact/signals";
import { beforeAsked, blockedByCode, type SensorState } from "./blocked.ts";

export interface Place {
	/** Degrees. */
	readonly latitude: number;
	readonly longitude: number;
	/** Metres. */
	readonly accuracy: number;
}

/** Where a phone is. */
export class Position {
	readonly #state = signal<SensorState>(beforeAsked(isSecureContext));
	readonly #place = signal<Place | undefined>(undefined);
	#watch: number | undefined;

	get state(): ReadonlySignal<SensorState> {
		return this.#state;
	}

	get place(): ReadonlySignal<Place | undefined> {
		return this.#place;
	}

	/** Begins, inside a tap; again after a refusal. */
	start(): void {
		const { geolocation } = navigator as { geolocation?: Geolocation };
		if (!isSecureContext || geolocation === undefined) {
			this.#state.value = isSecureContext ? "missing" : "insecure";
			return;
		}
		if (this.#watch !== undefined) geolocation.clearWatch(this.#watch);
		this.#state.value = "asking";
		this.#watch = geolocation.watchPosition(
			({ coords: { latitude, longitude, accuracy } }) => {
				this.#state.value = "on";
				this.#place.value = { latitude, longitude, accuracy: Math.round(accuracy) };
			},
			({ code }) => {
				this.#state.value = blockedByCode(code, isSecureContext);
			},
			{ enableHighAccuracy: true, maximumAge: 5_000, timeout: 20_000 },
		);
	}
}
