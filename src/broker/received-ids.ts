/** QoS 2 messages of all clients that are received and not released; a client alone has 65,535 packet ids. */
const MAX_UNRELEASED = 250_000;

/** Packet ids of QoS 2 messages that came from clients and are not released yet (`MQTT 3.1.1 §4.3.3`), by client id. */
export class ReceivedIds {
	readonly #ids = new Map<string, Set<number>>();
	#count = 0;
	readonly #onChange: (clientId: string) => void;

	/** @param onChange Told of the client whose ids have changed. */
	constructor(onChange: (clientId: string) => void) {
		this.#onChange = onChange;
	}

	has(clientId: string, id: number): boolean {
		return this.#ids.get(clientId)?.has(id) === true;
	}

	of(clientId: string): number[] {
		return [...(this.#ids.get(clientId) ?? [])];
	}

	/** @returns false when there are too many. */
	add(clientId: string, id: number): boolean {
		const ids = this.#ids.get(clientId) ?? new Set();
		if (!ids.has(id)) {
			if (this.#count >= MAX_UNRELEASED) return false;
			this.#count += 1;
		}
		this.#ids.set(clientId, ids.add(id));
		this.#onChange(clientId);
		return true;
	}

	/** @returns false when it was not there. */
	delete(clientId: string, id: number): boolean {
		const ids = this.#ids.get(clientId);
		if (ids?.delete(id) !== true) return false;
		this.#count -= 1;
		if (ids.size === 0) this.#ids.delete(clientId);
		this.#onChange(clientId);
		return true;
	}

	forget(clientId: string): void {
		this.#count -= this.#ids.get(clientId)?.size ?? 0;
		this.#ids.delete(clientId);
	}
}
