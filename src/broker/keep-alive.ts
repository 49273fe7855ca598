/** Ends a connection that is silent for one and a half times its keep alive (`MQTT-3.1.2-24`). */
export class KeepAlive {
	readonly #onSilent: () => void;
	readonly #now: () => number;
	#limitMs = 0;
	#heardAt = 0;
	#timer: Timer | undefined;

	/** @param now Monotonic, milliseconds. */
	constructor(onSilent: () => void, now: () => number = () => performance.now()) {
		this.#onSilent = onSilent;
		this.#now = now;
	}

	/** @param seconds As CONNECT has it; 0: the client may be silent for ever. */
	start(seconds: number): void {
		this.#limitMs = seconds * 1500;
		this.heard();
		if (seconds > 0) this.#wait(this.#limitMs);
	}

	/** Something has come from the client. */
	heard(): void {
		if (this.#limitMs > 0) this.#heardAt = this.#now();
	}

	stop(): void {
		this.#limitMs = 0;
		clearTimeout(this.#timer);
	}

	/** One timer for all that comes: to restart it for each message would cost more than the message. */
	#wait(ms: number): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			const left = this.#heardAt + this.#limitMs - this.#now();
			if (left > 0) this.#wait(left);
			else this.#onSilent();
		}, ms);
	}
}
