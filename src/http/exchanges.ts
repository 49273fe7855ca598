import type { IncomingMessage, ServerResponse } from "node:http";
import { type Duplex, Readable } from "node:stream";
import { isSafe } from "./safe-methods.ts";

/** Requests of a connection that may be unanswered at a time: one packet can hold thousands. */
export const MAX_UNANSWERED = 100;

/** A request and what answers it. */
export interface Exchange {
	readonly incoming: IncomingMessage;
	readonly outgoing: ServerResponse;
}

/** Calls, perhaps more than once, when an exchange is over: it is answered, or the client has left. */
export function onOver({ outgoing }: Exchange, listener: () => void): void {
	if (outgoing.destroyed) listener();
	outgoing.once("finish", listener);
	outgoing.once("close", listener);
}

/** Requests that are not answered yet, by their connection: a client may send further ones before it has an answer. */
export class Exchanges {
	readonly #pending = new WeakMap<Duplex, Set<Exchange>>();
	readonly #overs = new WeakMap<Exchange, Promise<void>>();
	readonly #ending = new WeakSet<Duplex>();
	readonly #cutShort = new WeakSet<IncomingMessage>();

	/**
	 * Keeps an exchange until its answer is sent or its connection is closed.
	 * @returns When it may be carried out, undefined for at once: a request that changes something waits for those ahead
	 * of it, and those behind it wait for it (RFC 9112 §9.3.2). Look then whether the connection still {@link answers}.
	 */
	add(exchange: Exchange): Promise<void> | undefined {
		const { incoming, outgoing } = exchange;
		const all = this.#pending.get(incoming.socket) ?? new Set();
		const last = [...all].findLast(
			(other) => !isSafe(incoming.method ?? "") || !isSafe(other.incoming.method ?? ""),
		);
		this.#pending.set(incoming.socket, all.add(exchange));
		const done = () => all.delete(exchange);
		outgoing.prependListener("finish", done);
		outgoing.once("close", done);
		if (all.size > MAX_UNANSWERED) incoming.socket.destroy();
		return last && this.#over(last);
	}

	/** The answer that is on its way is the last one of its connection: it says so. */
	end(socket: Duplex): void {
		this.#ending.add(socket);
	}

	/** Whether a connection has further answers: requests that have none are not begun, as their client may send them again. */
	answers(socket: Duplex): boolean {
		return !socket.destroyed && !this.#ending.has(socket);
	}

	/** The body of a request, which fails if no more of it can come. */
	bodyOf({ incoming }: Exchange): Readable {
		if (!this.#cutShort.has(incoming)) return incoming;
		return new Readable({
			read() {
				this.destroy(cutShort());
			},
		});
	}

	#over(exchange: Exchange): Promise<void> {
		const known = this.#overs.get(exchange);
		if (known !== undefined) return known;
		const over = new Promise<void>((resolve) => onOver(exchange, resolve));
		this.#overs.set(exchange, over);
		return over;
	}

	/**
	 * Does something on a connection from which no further request will be read, as soon as all its requests are
	 * answered; never, if it is closed before. A request whose body was cut short by then is told so.
	 */
	afterAll(socket: Duplex, work: () => void): void {
		const last = [...(this.#pending.get(socket) ?? [])].at(-1);
		if (last === undefined) {
			work();
			return;
		}
		const { incoming, outgoing } = last;
		// Answers are sent in the order of the requests.
		outgoing.once("finish", work);
		if (incoming.complete) return;
		this.#cutShort.add(incoming);
		incoming.emit("error", cutShort());
	}
}

const cutShort = () => new Error("the body did not arrive whole");
