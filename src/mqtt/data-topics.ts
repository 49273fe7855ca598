import { HandlerTable } from "./handler-table.ts";
import type { MessageHandler } from "./port.ts";
import { type Lag, noLag } from "./receipt.ts";
import { type CachedRoute, RouteCache } from "./route-cache.ts";
import type { IncomingMessage } from "./server-packets.ts";

export interface TopicRoute extends CachedRoute {
	readonly handlers: readonly MessageHandler[];
	readonly lag: Lag;
}

/** Who hears data, by topic. */
export class DataTopics {
	readonly #handlers = new HandlerTable();
	readonly #routes = new RouteCache<TopicRoute>((topic) => ({
		topic,
		bytes: Buffer.from(topic),
		handlers: this.#handlers.of(topic),
		lag: noLag(),
	}));
	#last: TopicRoute | undefined;

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

	/** What is known of a topic. @returns undefined where it is not UTF-8. */
	find(topic: Uint8Array): TopicRoute | undefined {
		const route = this.#routes.find(topic, this.#last);
		if (route !== undefined) this.#last = route;
		return route;
	}

	/**
	 * Hands a message to the handlers of its topic.
	 * @param done Called when all of them are done with it, at once if there is none; undefined: no one waits for that.
	 * @param isKept Whether it stays with the broker until then; see `BrokerMessage.isKept`.
	 * @returns whether anything hears it.
	 */
	deliver(
		{ topic, handlers }: TopicRoute,
		message: IncomingMessage,
		done: (() => void) | undefined,
		isKept = false,
	): boolean {
		if (handlers.length === 0) {
			done?.();
			return false;
		}
		const { payload, retained, qos, id: packetId, dup: isRepeated } = message;
		const told = handlers.length === 1 ? done : onlyLast(handlers.length, done);
		const heard = {
			topic,
			payload,
			retained,
			qos,
			packetId,
			isRepeated,
			clientId: null,
			user: null,
			connection: null,
		};
		for (const handler of handlers) {
			handler(told === undefined ? heard : { ...heard, done: told, isKept });
		}
		return true;
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
