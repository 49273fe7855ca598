import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

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

	/** Keeps an exchange until its answer is sent or its connection is closed. */
	add(exchange: Exchange): void {
		const { incoming, outgoing } = exchange;
		const all = this.#pending.get(incoming.socket) ?? new Set();
		this.#pending.set(incoming.socket, all.add(exchange));
		const done = () => all.delete(exchange);
		outgoing.prependListener("finish", done);
		outgoing.once("close", done);
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
		if (!incoming.complete) incoming.emit("error", new Error("the body did not arrive whole"));
	}
}
