import { HandlerTable } from "./handler-table.ts";
import type { MessageHandler } from "./port.ts";
import { type CachedRoute, RouteCache } from "./route-cache.ts";
import type { IncomingMessage } from "./server-packets.ts";

interface Route extends CachedRoute {
	readonly handlers: readonly MessageHandler[];
}

/** Who hears data, by topic. */
export class DataTopics {
	readonly #handlers = new HandlerTable();
	readonly #routes = new RouteCache<Route>((topic) => ({
		topic,
		bytes: Buffer.from(topic),
		handlers: this.#handlers.of(topic),
	}));
	#last: Route | undefined;

	/** @returns whether it is the first handler of its topic. */
	add(topic: string, handler: MessageHandler): boolean {
		const isFirst = !this.#handlers.has(topic);
		this.#handlers.add(topic, handler);
		this.#routes.changed(topic);
		return isFirst;
	}

	/** @returns whether it was the last handler of its topic. */
	delete(topic: string, handler: MessageHandler): boolean {
		this.#routes.changed(topic);
		return this.#handlers.delete(topic, handler);
	}

	has(topic: string): boolean {
		return this.#handlers.has(topic);
	}

	all(): string[] {
		return this.#handlers.filters();
	}

	/**
	 * Hands a message to the handlers of its topic.
	 * @param done Called when all of them are done with it, at once if there is none; undefined: nobody waits for that.
	 * @returns the topic where nobody hears it; empty where it is not UTF-8.
	 */
	deliver(message: IncomingMessage, done: (() => void) | undefined): string | undefined {
		const route = this.#routes.find(message.topic, this.#last);
		if (route === undefined || route.handlers.length === 0) {
			done?.();
			return route?.topic ?? "";
		}
		this.#last = route;
		const { topic, handlers } = route;
		const { payload, retained, qos } = message;
		const told = handlers.length === 1 ? done : onlyLast(handlers.length, done);
		const heard = { topic, payload, retained, qos, clientId: null, user: null, connection: null };
		for (const handler of handlers) handler(told === undefined ? heard : { ...heard, done: told });
		return undefined;
	}
}

function onlyLast(calls: number, done: (() => void) | undefined): (() => void) | undefined {
	if (done === undefined) return undefined;
	let left = calls;
	return () => {
		left -= 1;
		if (left === 0) done();
	};
}
