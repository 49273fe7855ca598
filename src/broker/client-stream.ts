import { Duplex } from "node:stream";
import { PacketSizeGuard } from "./packet-size-guard.ts";

/** The transport below a {@link ClientStream}: a TCP socket or a WebSocket. */
export interface Wire {
	readonly remoteAddress: string;
	/** Sends; returns how many bytes were taken (the rest is offered again at the next drain), -1 when closed. */
	write(data: Uint8Array): number;
	pause(): void;
	resume(): void;
	/** Closes after what was written has left. */
	end(): void;
	/** Closes at once, dropping what has not left. */
	terminate(): void;
}

export interface ClientStreamOptions {
	/** Outgoing bytes held for a client that does not read; above this it is disconnected. */
	maxQueueBytes: number;
	/** Largest incoming MQTT packet. */
	maxPacketBytes: number;
}

/**
 * One client's connection as the Duplex aedes works on. Writes of one turn of the event loop
 * leave in one piece, and a writer never waits: a client that does not read is cut off instead
 * of holding up everyone on its topics.
 */
export class ClientStream extends Duplex {
	readonly #wire: Wire;
	readonly #guard: PacketSizeGuard;
	readonly #maxQueueBytes: number;
	#queue: Uint8Array[] = [];
	#queuedBytes = 0;
	#flushScheduled = false;
	#wireFull = false;
	#readPaused = false;

	constructor(wire: Wire, options: ClientStreamOptions) {
		super({ allowHalfOpen: false });
		this.#wire = wire;
		this.#guard = new PacketSizeGuard(options.maxPacketBytes);
		this.#maxQueueBytes = options.maxQueueBytes;
	}

	get remoteAddress(): string {
		return this.#wire.remoteAddress;
	}

	/** Bytes that arrived from the client; copied, since the caller may reuse them. */
	receive(chunk: Uint8Array): void {
		if (this.destroyed) return;
		const problem = this.#guard.check(chunk);
		if (problem !== undefined) {
			this.destroy(new Error(problem));
			return;
		}
		if (!this.push(Buffer.from(chunk))) {
			this.#readPaused = true;
			this.#wire.pause();
		}
	}

	/** The wire can take more. */
	drained(): void {
		this.#wireFull = false;
		this.#flush();
	}

	/** The wire is gone. */
	wireClosed(): void {
		this.#queue = [];
		this.#queuedBytes = 0;
		this.destroy();
	}

	override _read(): void {
		if (!this.#readPaused) return;
		this.#readPaused = false;
		this.#wire.resume();
	}

	override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
		this.#enqueue(chunk);
		done();
		this.#afterEnqueue();
	}

	override _writev(chunks: { chunk: Buffer }[], done: (error?: Error) => void): void {
		for (const { chunk } of chunks) this.#enqueue(chunk);
		done();
		this.#afterEnqueue();
	}

	override _final(done: (error?: Error) => void): void {
		this.#flush();
		done();
	}

	override _destroy(error: Error | null, done: (error: Error | null) => void): void {
		this.#flush();
		if (this.#queuedBytes > 0) this.#wire.terminate();
		else this.#wire.end();
		this.#queue = [];
		this.#queuedBytes = 0;
		done(error);
	}

	#enqueue(chunk: Uint8Array): void {
		this.#queue.push(chunk);
		this.#queuedBytes += chunk.length;
	}

	#afterEnqueue(): void {
		if (this.#queuedBytes > this.#maxQueueBytes) {
			this.destroy(new Error(`client reads too slowly: ${this.#queuedBytes} bytes wait for it`));
			return;
		}
		if (this.#flushScheduled || this.#wireFull) return;
		this.#flushScheduled = true;
		setImmediate(() => {
			this.#flushScheduled = false;
			this.#flush();
		});
	}

	#flush(): void {
		const first = this.#queue[0];
		if (this.#wireFull || first === undefined) return;
		const data = this.#queue.length === 1 ? first : Buffer.concat(this.#queue, this.#queuedBytes);
		const sent = this.#wire.write(data);
		if (sent < 0 || sent >= data.length) {
			this.#queue = [];
			this.#queuedBytes = 0;
			return;
		}
		this.#wireFull = true;
		const rest = data.subarray(sent);
		this.#queue = [rest];
		this.#queuedBytes = rest.length;
	}
}
