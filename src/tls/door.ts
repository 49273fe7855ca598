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
export class Door<L extends Listening> {
	readonly #listen: (port: number) => L;
	#now: L | undefined;
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

	/** @param port 0 takes any free one. */
	open(port: number): void {
		this.#now = this.#listen(port);
	}

	/** Listens anew on the same port; does nothing while the door is closed. */
	renew(): void {
		const former = this.#now;
		if (former === undefined) return;
		// One that was stopped has forgotten its port.
		const { port = 0 } = former;
		this.#former.add(former);
		void former.stop(false)?.then(() => this.#former.delete(former));
		this.open(port);
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
		await Promise.all(listeners.map((listener) => listener?.stop(true)));
	}
}
