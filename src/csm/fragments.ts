import { isJson, type Logger } from "../kit/mod.ts";
import type { BrokerMessage, Handed } from "../mqtt/mod.ts";
import { JsonJoiner } from "./json-joiner.ts";

/** A request's text, whole as far as can be told. */
export interface Whole {
	readonly topic: string;
	/** Undefined: it is not UTF-8. */
	readonly text: string | undefined;
	readonly user: string | null;
	/** How the router of a cluster handed its first message on. */
	readonly handed: Handed | undefined;
	/** Tells that it was dealt with, where the broker waits for that. */
	readonly done: () => void;
}

interface Pending {
	readonly topic: string;
	readonly user: string | null;
	readonly handed: Handed | undefined;
	readonly first: string;
	readonly joiner: JsonJoiner;
	readonly timer: Timer;
	/** Of its messages. */
	readonly done: (() => void)[];
}

/** Longest request that is put together, characters. */
const MAX_LENGTH = 64 << 10;
/** Time its pieces get to arrive. */
const WAIT_MS = 1000;
/** Requests that may wait for their pieces. */
const MAX_PENDING = 100;

/**
 * Puts requests together again that a shell has cut: dash's `echo` turns each `\n` of a function's source into a
 * line end, and `mosquitto_pub -l` sends each line as a message (`csm.md §4.1`). What begins with `{` and is
 * incomplete waits a moment for the rest, one request for each client; where a broker does not tell clients, one for
 * each topic.
 */
export class Fragments {
	readonly #deliver: (whole: Whole) => void;
	readonly #log: Logger;
	readonly #pending = new Map<string, Pending>();
	readonly #decoder = new TextDecoder("utf-8", { fatal: true });

	/** @param deliver Takes what is whole, and what stays incomplete. */
	constructor(deliver: (whole: Whole) => void, log: Logger) {
		this.#deliver = deliver;
		this.#log = log;
	}

	/** Takes a message of a request topic. */
	take({ topic, payload, user, clientId, handed, done = () => {} }: BrokerMessage): void {
		const text = this.#decode(payload);
		const key = clientId === null ? `topic ${topic}` : `client ${clientId}`;
		const pending = this.#pending.get(key);
		const isPiece = pending?.topic === topic && text !== undefined && !isRequest(text);
		if (pending !== undefined && isPiece) {
			pending.done.push(done);
			this.#goOn(key, pending, text);
			return;
		}
		// Requests of one client stay in order; other clients, where they cannot be told apart, need not wait.
		if (pending !== undefined && clientId !== null) this.#give(key, pending);
		const mayWait = this.#pending.size < MAX_PENDING && !this.#pending.has(key);
		if (mayWait && text !== undefined && isBeginning(text)) {
			this.#wait(key, { topic, user, handed, text, done });
		} else this.#deliver({ topic, text, user, handed, done });
	}

	/** Waits no longer. */
	stop(): void {
		for (const [key, pending] of [...this.#pending]) this.#give(key, pending);
	}

	#wait(key: string, { topic, user, handed, text, done }: Whole & { text: string }) {
		const joiner = new JsonJoiner();
		joiner.add(text);
		const timer = setTimeout(() => this.#give(key, pending), WAIT_MS);
		const pending: Pending = { topic, user, handed, first: text, joiner, timer, done: [done] };
		if (joiner.isWhole) this.#give(key, pending);
		else this.#pending.set(key, pending);
	}

	#goOn(key: string, pending: Pending, text: string): void {
		const { joiner } = pending;
		if (joiner.length + text.length > MAX_LENGTH) {
			this.#give(key, pending);
			return;
		}
		joiner.add(text);
		if (joiner.isWhole) this.#give(key, pending);
	}

	/** Hands over what has come together; what is not JSON is refused for its first piece. */
	#give(key: string, { topic, user, handed, first, joiner, timer, done: all }: Pending): void {
		clearTimeout(timer);
		this.#pending.delete(key);
		const { text, pieces } = joiner;
		const isJoined = pieces > 1 && isJson(text);
		if (isJoined)
			this.#log.info("request put together: a shell had cut it at \\n", { topic, pieces });
		const done = () => {
			for (const one of all) one();
		};
		this.#deliver({ topic, text: isJoined ? text : first, user, handed, done });
	}

	#decode(payload: Uint8Array): string | undefined {
		try {
			return this.#decoder.decode(payload);
		} catch {
			return undefined;
		}
	}
}

function isBeginning(text: string): boolean {
	return text.startsWith("{") && text.length <= MAX_LENGTH && !isJson(text);
}

/** Whether a message is a request by itself, not a line of one. */
function isRequest(text: string): boolean {
	return (
		text.startsWith("{") && (text.length > MAX_LENGTH || (text.includes('"op"') && isJson(text)))
	);
}
