/** A listener of `Bun.listen`, or one with the same methods. */
interface Listening {
	readonly port?: number | undefined;
	/** @param closesAll Whether open connections are closed as well. */
	stop(closesAll?: boolean): Promise<void> | void;
}

/**
 * Listens on a port, and can start over with a renewed certificate. Bun cannot change the certificate of a listener,
 * so a new one replaces it; connections of the previous one stay open.
 */
export class RenewableListener<L extends Listening> {
	readonly #listen: (port: number) => L;
	#current: L | undefined;
	/** A listener that was stopped has forgotten its own. */
	#port: number | undefined;
	#isPaused = false;
	#isStopping = false;
	/**
	 * Closed, perhaps with open connections. One of plain sockets (`Bun.listen`) stays until {@link close}: it does not
	 * tell when its last connection ends, and holds no descriptor. There is one for each renewal and pause.
	 */
	readonly #previous = new Set<L>();

	/** @param listen Begins to listen; throws when the port cannot be used. */
	constructor(listen: (port: number) => L) {
		this.#listen = listen;
	}

	/** The current listener. */
	get listener(): L | undefined {
		return this.#current;
	}

	/** The port that is listened on, or will be again after a pause; undefined while closed. */
	get port(): number | undefined {
		return this.#port;
	}

	/** @param port 0 takes any free one. */
	open(port: number): void {
		this.#current = this.#listen(port);
		this.#port = this.#current.port;
		this.#isPaused = false;
		this.#isStopping = false;
	}

	/** Replaces the listener by a new one on the same port; does nothing while closed, paused or stopping. */
	renew(): void {
		if (this.#current === undefined || this.#isPaused || this.#isStopping) return;
		this.#leave(this.#current);
		this.open(this.#port ?? 0);
	}

	/** Accepts no more connections until {@link resume}; those that are open stay. */
	pause(): void {
		if (this.#current === undefined || this.#isPaused || this.#isStopping) return;
		this.#isPaused = true;
		this.#leave(this.#current);
	}

	/** Listens again, on the same port; does nothing unless paused. @throws what `listen` throws. */
	resume(): void {
		if (!this.#isPaused || this.#current === undefined || this.#isStopping) return;
		this.open(this.#port ?? 0);
	}

	#leave(previous: L): void {
		this.#previous.add(previous);
		void previous.stop(false)?.then(() => this.#previous.delete(previous));
	}

	/** Accepts no more connections until {@link open}; resolves when those that are open are done, where the listener tells. */
	async stopAccepting(): Promise<void> {
		this.#isStopping = true;
		await Promise.all([...this.#previous, this.#current].map((listener) => listener?.stop(false)));
	}

	/** Closes everything. */
	async close(): Promise<void> {
		const listeners = [...this.#previous, this.#current];
		this.#previous.clear();
		this.#current = undefined;
		this.#port = undefined;
		await Promise.all(listeners.map((listener) => listener?.stop(true)));
	}
}
