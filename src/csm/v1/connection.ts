import type { BodyMemory } from "../../http/mod.ts";
import { type Cancel, type Clock, type Logger, messageOf } from "../../kit/mod.ts";
import { bytesOf, type OldReply, refusal } from "./replies.ts";
import { type OldRequest, RequestReader, UnreadableError } from "./request-reader.ts";

/** Addresses of both ends, as the system writes them. */
export interface Ends {
	readonly remoteAddress: string;
	readonly localAddress: string;
}

/** Carries a request out. */
export type Answer = (request: OldRequest, ends: Ends) => Promise<OldReply>;

export interface ConnectionDeps {
	readonly answer: Answer;
	/** For large bodies; of all connections. */
	readonly memory: BodyMemory;
	readonly clock: Clock;
	readonly log: Logger;
}

/** What a connection needs of its socket. */
export interface Wire extends Ends {
	/** @returns how many bytes were taken; negative: the connection is gone. */
	write(bytes: Uint8Array): number;
	/** Closes behind what was written. */
	end(): void;
	terminate(): void;
	pause(): void;
	resume(): void;
}

/** What a connection is waiting for, with the time it gets. */
const LIMITS_MS = { request: 10_000, idle: 60_000, reader: 10_000, nothing: 0 };
/** Bytes that may wait behind a request that is being answered. */
const MAX_WAITING_BYTES = 64 << 10;
const CONTINUE = Buffer.from("HTTP/1.1 100 Continue\r\n\r\n");

/** A client's connection: its requests are answered one after another, in the order in which they came. */
export class OldConnection {
	readonly #wire: Wire;
	readonly #deps: ConnectionDeps;
	readonly #reader: RequestReader;
	#unsent: Buffer = Buffer.alloc(0);
	#onSent: (() => void) | undefined;
	#isBusy = false;
	#isInputEnded = false;
	#isOver = false;
	#waitsFor: keyof typeof LIMITS_MS = "nothing";
	#cancel: Cancel | undefined;

	constructor(wire: Wire, deps: ConnectionDeps) {
		this.#wire = wire;
		this.#deps = deps;
		this.#reader = new RequestReader(deps.memory, () => void wire.write(CONTINUE));
		this.#waitFor("idle");
	}

	/** Bytes arrived. */
	receive(chunk: Uint8Array): void {
		if (this.#isOver) return;
		this.#reader.add(chunk);
		if (!this.#isBusy) void this.#work();
		else if (this.#reader.waiting > MAX_WAITING_BYTES) this.#wire.pause();
	}

	/** The socket takes data again. */
	drained(): void {
		this.#flush();
	}

	/** No more requests come or are taken; what is being answered is answered. */
	finish(): void {
		this.#isInputEnded = true;
		if (!this.#isBusy) this.#end();
	}

	/** The connection is gone, or goes at once. */
	close(): void {
		this.#isOver = true;
		this.#waitFor("nothing");
		this.#unsent = Buffer.alloc(0);
		this.#reader.drop();
		this.#onSent?.();
		this.#wire.terminate();
	}

	async #work(): Promise<void> {
		this.#isBusy = true;
		let stays = true;
		try {
			while (stays && !this.#isOver) {
				const request = this.#reader.next();
				if (request === undefined) break;
				this.#waitFor("nothing");
				const reply = await this.#deps.answer(request, this.#wire);
				stays = request.keepsAlive && (!this.#isInputEnded || this.#reader.isInside);
				await this.#send(bytesOf(reply, stays, request.method === "HEAD"));
			}
		} catch (error) {
			stays = false;
			await this.#refuse(error);
		}
		this.#isBusy = false;
		if (this.#isOver) return;
		if (!stays || this.#isInputEnded) {
			this.#end();
			return;
		}
		this.#wire.resume();
		this.#waitFor(this.#reader.isInside ? "request" : "idle");
	}

	async #refuse(error: unknown): Promise<void> {
		const { remoteAddress: address } = this.#wire;
		if (error instanceof UnreadableError) {
			this.#deps.log.info("request cannot be read", { reason: error.message, address });
			await this.#send(bytesOf(refusal(error.status, error.message), false));
		} else {
			this.#deps.log.error("request failed", { reason: messageOf(error), address });
			await this.#send(bytesOf(refusal(500, "the server failed; its log says why"), false));
		}
	}

	/** Resolves when the socket has taken it. */
	async #send(bytes: Buffer): Promise<void> {
		if (this.#isOver) return;
		this.#unsent = bytes;
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#onSent = resolve;
		this.#waitFor("reader");
		this.#flush();
		await promise;
	}

	#flush(): void {
		if (this.#isOver || this.#unsent.length === 0) return;
		const taken = this.#wire.write(this.#unsent);
		if (taken < 0) {
			this.close();
			return;
		}
		this.#unsent = this.#unsent.subarray(taken);
		if (this.#unsent.length === 0) this.#onSent?.();
		// An operator's own page over the network of a class takes longer than that.
		else if (taken > 0) this.#restartWait();
	}

	#end(): void {
		if (this.#isOver) return;
		this.#isOver = true;
		this.#reader.drop();
		// A client that keeps its side open is not waited for.
		this.#waitFor("reader");
		this.#wire.end();
	}

	#waitFor(what: keyof typeof LIMITS_MS): void {
		if (this.#waitsFor === what) return;
		this.#waitsFor = what;
		this.#restartWait();
	}

	#restartWait(): void {
		this.#cancel?.();
		const limitMs = LIMITS_MS[this.#waitsFor];
		this.#cancel = limitMs === 0 ? undefined : this.#deps.clock.after(limitMs, () => this.close());
	}
}
