import { hasWildcard, topicMatches } from "../kit/mod.ts";
import type { MessageHandler } from "./port.ts";

/** Another program tells nothing of who published a message. */
const UNKNOWN = { clientId: null, user: null, connection: null };
/** Topics whose handlers are remembered. */
const MAX_ROUTES = 20_000;

/** Who hears a topic, worked out once. */
interface Route {
	readonly topic: string;
	/** Topic as bytes, to find the route again without decoding. */
	readonly bytes: Buffer;
	readonly handlers: readonly MessageHandler[];
}

/** The server's own subscriptions at a broker that is another program: which handler hears what. */
export class HandlerTable {
	readonly #exact = new Map<string, MessageHandler>();
	readonly #wildcards = new Map<string, MessageHandler>();
	readonly #routes = new Map<string, Route>();
	#last: Route | undefined;
	readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

	set(filter: string, handler: MessageHandler): void {
		(hasWildcard(filter) ? this.#wildcards : this.#exact).set(filter, handler);
		this.#forgetRoutes();
	}

	delete(filter: string): void {
		this.#exact.delete(filter);
		this.#wildcards.delete(filter);
		this.#forgetRoutes();
	}

	filters(): string[] {
		return [...this.#wildcards.keys(), ...this.#exact.keys()];
	}

	deliver(topic: string, payload: Uint8Array, retained: boolean): void {
		const message = { topic, payload, retained, ...UNKNOWN };
		for (const handler of this.#handlersOf(topic)) handler(message);
	}

	/** Delivers a message that is not retained. @returns false when its topic is no UTF-8. */
	deliverPlain(topicBytes: Uint8Array, payload: Uint8Array): boolean {
		const last = this.#last?.bytes.equals(topicBytes) ? this.#last : this.#routeOf(topicBytes);
		if (last === undefined) return false;
		this.#last = last;
		const { topic, handlers } = last;
		for (const handler of handlers)
			handler({ topic, payload, retained: false, clientId: null, user: null, connection: null });
		return true;
	}

	#routeOf(bytes: Uint8Array): Route | undefined {
		let topic: string;
		try {
			topic = this.#decoder.decode(bytes);
		} catch {
			return undefined;
		}
		const known = this.#routes.get(topic);
		if (known !== undefined) return known;
		const route = { topic, bytes: Buffer.from(bytes), handlers: this.#handlersOf(topic) };
		if (this.#routes.size >= MAX_ROUTES) this.#routes.clear();
		this.#routes.set(topic, route);
		return route;
	}

	#handlersOf(topic: string): MessageHandler[] {
		const exact = this.#exact.get(topic);
		const handlers = exact === undefined ? [] : [exact];
		for (const [filter, handler] of this.#wildcards) {
			if (topicMatches(filter, topic)) handlers.push(handler);
		}
		return handlers;
	}

	#forgetRoutes(): void {
		this.#routes.clear();
		this.#last = undefined;
	}
}
