import type { AedesPublishPacket } from "aedes";

type Done = (error?: Error) => void;

/**
 * What aedes publishes through, its "mq". The broker itself knows the readers of each topic, so the subscriptions aedes
 * makes here are ignored, and every message is handed on once.
 */
export class MessageBus {
	readonly #deliver: (packet: AedesPublishPacket) => void;
	#isClosed = false;

	/** @param deliver Must not throw. */
	constructor(deliver: (packet: AedesPublishPacket) => void) {
		this.#deliver = deliver;
	}

	on(_filter: string, _listener: unknown, done?: Done): this {
		if (done !== undefined) setImmediate(done);
		return this;
	}

	removeListener(_filter: string, _listener: unknown, done?: Done): this {
		if (done !== undefined) setImmediate(done);
		return this;
	}

	/** Never answers at once: aedes would read the client's next bytes in the middle of the current ones. */
	emit(packet: AedesPublishPacket, done?: Done): this {
		if (!this.#isClosed) this.#deliver(packet);
		if (done !== undefined) setImmediate(done);
		return this;
	}

	close(done?: Done): this {
		this.#isClosed = true;
		if (done !== undefined) setImmediate(done);
		return this;
	}
}
