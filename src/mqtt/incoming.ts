import { HandlerTable } from "./handler-table.ts";
import type { MessageHandler, Qos } from "./port.ts";
import { type CachedRoute, RouteCache } from "./route-cache.ts";

/** Another program does not say who published a message. */
const UNKNOWN = { clientId: null, user: null, connection: null };

interface Route extends CachedRoute {
	readonly handlers: readonly MessageHandler[];
}

/** Hands the messages of a broker that is another program to the server's handlers. */
export class Incoming {
	readonly #handlers = new HandlerTable();
	readonly #routes = new RouteCache<Route>((topic) => ({
		topic,
		bytes: Buffer.from(topic),
		handlers: this.#handlers.of(topic),
	}));
	#last: Route | undefined;

	add(filter: string, handler: MessageHandler): void {
		this.#handlers.add(filter, handler);
		this.#routes.changed(filter);
	}

	/** @returns whether it was the last handler of its filter. */
	delete(filter: string, handler: MessageHandler): boolean {
		this.#routes.changed(filter);
		return this.#handlers.delete(filter, handler);
	}

	has(filter: string): boolean {
		return this.#handlers.has(filter);
	}

	filters(): string[] {
		return this.#handlers.filters();
	}

	deliver(topic: string, payload: Uint8Array, retained: boolean, qos: Qos): void {
		const message = { topic, payload, retained, qos, ...UNKNOWN };
		for (const handler of this.#handlers.of(topic)) handler(message);
	}

	/** Delivers a message of QoS 0 that is not retained. @returns false when its topic is not UTF-8. */
	deliverPlain(topicBytes: Uint8Array, payload: Uint8Array): boolean {
		const route = this.#routes.find(topicBytes, this.#last);
		if (route === undefined) return false;
		this.#last = route;
		const { topic, handlers } = route;
		for (const handler of handlers)
			handler({ topic, payload, retained: false, qos: 0, ...UNKNOWN });
		return true;
	}
}
