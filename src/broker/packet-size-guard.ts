/**
 * Follows the MQTT packet boundaries of one client's byte stream, so that a packet over the limit
 * is refused when its header arrives, not after it has filled the memory (`MQTT 3.1.1 §2.2`).
 */
export class PacketSizeGuard {
	readonly #maxBytes: number;
	/** Bytes of the current packet's body still to come; 0 while a header is read. */
	#skip = 0;
	/** Position in the fixed header: 0 = type byte, 1..4 = length bytes. */
	#headerAt = 0;
	#length = 0;

	/** @param maxBytes Largest allowed remaining length. */
	constructor(maxBytes: number) {
		this.#maxBytes = maxBytes;
	}

	/** Takes the next bytes; says what is wrong with them, or undefined. */
	check(chunk: Uint8Array): string | undefined {
		let at = 0;
		while (at < chunk.length) {
			if (this.#skip > 0) {
				const step = Math.min(this.#skip, chunk.length - at);
				this.#skip -= step;
				at += step;
				continue;
			}
			const problem = this.#header(chunk[at] ?? 0);
			if (problem !== undefined) return problem;
			at += 1;
		}
		return undefined;
	}

	#header(byte: number): string | undefined {
		if (this.#headerAt === 0) {
			this.#headerAt = 1;
			this.#length = 0;
			return undefined;
		}
		this.#length |= (byte & 0x7f) << (7 * (this.#headerAt - 1));
		if (byte & 0x80) {
			this.#headerAt += 1;
			return this.#headerAt > 4 ? "malformed packet length" : undefined;
		}
		this.#headerAt = 0;
		if (this.#length > this.#maxBytes) {
			return `packet of ${this.#length} bytes, over the limit of ${this.#maxBytes}`;
		}
		this.#skip = this.#length;
		return undefined;
	}
}
