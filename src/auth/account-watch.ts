const LOOK_EVERY_MS = 1000;

/** Notices that the command line has changed accounts while the server runs. */
export class AccountWatch {
	readonly #store: { changedOutside(): boolean };
	readonly #onChange: () => void;
	#timer: Timer | undefined;

	constructor(store: { changedOutside(): boolean }, onChange: () => void) {
		this.#store = store;
		this.#onChange = onChange;
	}

	start(): void {
		this.#store.changedOutside();
		this.#timer = setInterval(() => {
			if (this.#store.changedOutside()) this.#onChange();
		}, LOOK_EVERY_MS);
	}

	stop(): void {
		clearInterval(this.#timer);
	}
}
