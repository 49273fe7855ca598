import { type Cancel, type Clock, systemClock } from "../kit/mod.ts";

/** Ends a connection that is silent for one and a half times its keep alive (`MQTT-3.1.2-24`). */
export class KeepAlive {
	readonly #onSilent: () => void;
	readonly #clock: Clock;
	#limitMs = 0;
	#heardAt = 0;
	#cancel: Cancel | undefined;

	constructor(onSilent: () => void, clock: Clock = systemClock) {
		this.#onSilent = onSilent;
		this.#clock = clock;
	}

	/** @param seconds As CONNECT has it; 0: the client may be silent for ever. */
	start(seconds: number): void {
		this.#limitMs = seconds * 1500;
		this.heard();
		if (seconds > 0) this.#wait(this.#limitMs);
	}

	/** Something has come from the client. */
	heard(): void {
		if (this.#limitMs > 0) this.#heardAt = this.#clock.now();
	}

	stop(): void {
		this.#limitMs = 0;
		this.#cancel?.();
	}

	/** One timer for all that comes: to restart it for each message would cost more than the message. */
	#wait(ms: number): void {
		this.#cancel?.();
		this.#cancel = this.#clock.after(ms, () => {
			const left = this.#heardAt + this.#limitMs - this.#clock.now();
			if (left > 0) this.#wait(left);
			else this.#onSilent();
		});
	}
}
