import type { MessageHandler } from "./port.ts";

/** A handler that hears live messages already while what is retained is fetched for it: no topic's message twice. */
export class JoiningHandler {
	readonly #handler: MessageHandler;
	/** Topics heard since it joined; undefined once all retained messages are there. */
	#heard: Set<string> | undefined = new Set();

	constructor(handler: MessageHandler) {
		this.#handler = handler;
	}

	/** Takes a message of the shared subscription. */
	readonly live: MessageHandler = (message) => {
		if (message.retained && this.#heard?.has(message.topic) === true) return;
		this.#heard?.add(message.topic);
		this.#handler(message);
	};

	/** Takes a message that was fetched: what was heard since may be newer. */
	readonly fetched: MessageHandler = (message) => {
		if (this.#heard?.has(message.topic) !== false) return;
		this.#heard.add(message.topic);
		this.#handler(message);
	};

	/** Nothing more is fetched. */
	joined(): void {
		this.#heard = undefined;
	}
}
