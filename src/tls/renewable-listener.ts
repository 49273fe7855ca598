/** What `Bun.listen` and `Bun.serve` give. */
interface Listening {
	readonly port?: number | undefined;
	/** @param closesAll Whether those inside are closed as well. */
	stop(closesAll?: boolean): Promise<void> | void;
}

/**
 * A port that is listened on, and listened on anew when the certificate is another one. Bun cannot change the
 * certificate of a listener: its place is taken by a new one, and whoever came in by the former stays.
 */
export class RenewableListener<L extends Listening> {
	readonly #listen: (port: number) => L;
	#now: L | undefined;
	/** A listener that was stopped has forgotten its own. */
	#port: number | undefined;
	#isPaused = false;
	/** Closed, with people still inside; a plain socket's listener does not tell when the last one leaves. */
	readonly #former = new Set<L>();

	/** @param listen Begins to listen; throws when the port cannot be had. */
	constructor(listen: (port: number) => L) {
		this.#listen = listen;
	}

	/** What listens now. */
	get listener(): L | undefined {
		return this.#now;
	}

	/** The port that is listened on, or will be again; undefined while the door is closed. */
	get port(): number | undefined {
		return this.#port;
	}

	/** @param port 0 takes any free one. */
	open(port: number): void {
		this.#now = this.#listen(port);
		this.#port = this.#now.port;
	}

	/** Listens anew on the same port; does nothing while the door is closed. */
	renew(): void {
		if (this.#now === undefined || this.#isPaused) return;
		this.#leave(this.#now);
		this.open(this.#port ?? 0);
	}

	/** Takes no more connections until {@link resume}; those that are open stay. */
	pause(): void {
		if (this.#now === undefined || this.#isPaused) return;
		this.#isPaused = true;
		this.#leave(this.#now);
	}

	/** Listens again, on the same port; does nothing unless paused. @throws what `listen` throws. */
	resume(): void {
		if (!this.#isPaused || this.#now === undefined) return;
		this.open(this.#port ?? 0);
		this.#isPaused = false;
	}

	#leave(former: L): void {
		this.#former.add(former);
		void former.stop(false)?.then(() => this.#former.delete(former));
	}

	/** Lets nobody in any more; resolves when what was going on is done, where the listener tells. */
	async stopAccepting(): Promise<void> {
		await Promise.all([...this.#former, this.#now].map((listener) => listener?.stop(false)));
	}

	/** Closes everything. */
	async close(): Promise<void> {
		const listeners = [...this.#former, this.#now];
		this.#former.clear();
		this.#now = undefined;
		this.#port = undefined;
		await Promise.all(listeners.map((listener) => listener?.stop(true)));
	}
}
