/**
 * Messages a client may leave unconfirmed. Half of all packet ids: whichever of them it confirms, a free one is
 * found after a step on average.
 */
export const WINDOW = 32_767;
export const LAST_ID = 65_535;

/** Packet ids of the messages one client has been sent and has not confirmed to the end (`MQTT-2.3.1-4`). */
export class PacketIds {
	/** Packet id → QoS. */
	readonly #unconfirmed = new Map<number, number>();
	#last = 0;

	/** Messages that are not confirmed. */
	get size(): number {
		return this.#unconfirmed.size;
	}

	/** @returns one that is free; undefined while {@link WINDOW} messages are not confirmed. */
	take(qos: number): number | undefined {
		if (this.#unconfirmed.size >= WINDOW) return undefined;
		do this.#last = this.#last === LAST_ID ? 1 : this.#last + 1;
		while (this.#unconfirmed.has(this.#last));
		this.#unconfirmed.set(this.#last, qos);
		return this.#last;
	}

	/** Notes one that an earlier connection was sent. */
	reserve(id: number, qos: number): void {
		this.#unconfirmed.set(id, qos);
	}

	/**
	 * The client has confirmed a message to the end.
	 * @param qos That of the confirmation: 1 is PUBACK, 2 is PUBCOMP.
	 * @returns false when no message waits for it.
	 */
	release(id: number, qos: number): boolean {
		return this.#unconfirmed.get(id) === qos && this.#unconfirmed.delete(id);
	}
}
