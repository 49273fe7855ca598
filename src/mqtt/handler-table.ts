import { hasWildcard, topicMatches } from "../kit/mod.ts";
import type { MessageHandler } from "./port.ts";

/** The server's own subscriptions: several handlers for each filter, in the order they were added. */
export class HandlerTable {
	readonly #exact = new Map<string, MessageHandler[]>();
	readonly #wildcards = new Map<string, MessageHandler[]>();

	add(filter: string, handler: MessageHandler): void {
		const filters = this.#filtersLike(filter);
		filters.set(filter, [...(filters.get(filter) ?? []), handler]);
	}

	/** Puts a handler in the place of another one; does nothing when that is not there. */
	replace(filter: string, handler: MessageHandler, by: MessageHandler): void {
		const filters = this.#filtersLike(filter);
		const handlers = filters.get(filter);
		const at = handlers?.indexOf(handler) ?? -1;
		if (handlers !== undefined && at >= 0) filters.set(filter, handlers.with(at, by));
	}

	/** @returns whether it was there, and the last one of its filter. */
	delete(filter: string, handler: MessageHandler): boolean {
		const filters = this.#filtersLike(filter);
		const handlers = filters.get(filter);
		const at = handlers?.indexOf(handler) ?? -1;
		if (handlers === undefined || at < 0) return false;
		if (handlers.length > 1) {
			filters.set(filter, handlers.toSpliced(at, 1));
			return false;
		}
		return filters.delete(filter);
	}

	has(filter: string): boolean {
		return this.#filtersLike(filter).has(filter);
	}

	filters(): string[] {
		return [...this.#wildcards.keys(), ...this.#exact.keys()];
	}

	/** Handlers of all filters a topic matches. */
	of(topic: string): MessageHandler[] {
		const found = [...(this.#exact.get(topic) ?? [])];
		for (const [filter, handlers] of this.#wildcards) {
			if (topicMatches(filter, topic)) found.push(...handlers);
		}
		return found;
	}

	#filtersLike(filter: string): Map<string, MessageHandler[]> {
		return hasWildcard(filter) ? this.#wildcards : this.#exact;
	}
}
