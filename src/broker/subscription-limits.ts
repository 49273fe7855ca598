import type { Client } from "aedes";
import { hasWildcard } from "../kit/mod.ts";

export interface SubscriptionLimitsOptions {
	/** Filters one client may have. */
	maxPerClient: number;
	/** Of these, filters with `+` or `#`: each may cost every publisher time. */
	maxWildcards: number;
	/** Filters of all clients. */
	maxTotal: number;
}

interface Filters {
	readonly all: Set<string>;
	wildcards: number;
}

/** Counts the filters of each client and of all, and says which limit is reached. */
export class SubscriptionLimits {
	readonly #options: SubscriptionLimitsOptions;
	readonly #clients = new Map<Client, Filters>();
	#total = 0;

	constructor(options: SubscriptionLimitsOptions) {
		this.#options = options;
	}

	/** Filters of all clients. */
	get total(): number {
		return this.#total;
	}

	/** Counts a filter in. @returns the limit that does not allow it. */
	add(client: Client, filter: string): string | undefined {
		const filters = this.#clients.get(client) ?? { all: new Set<string>(), wildcards: 0 };
		if (filters.all.has(filter)) return undefined;
		const { maxPerClient, maxWildcards, maxTotal } = this.#options;
		if (filters.all.size >= maxPerClient) return "max-subscriptions";
		if (hasWildcard(filter) && filters.wildcards >= maxWildcards) return "max-wildcards";
		if (this.#total >= maxTotal) return "max-subscriptions-total";
		this.#clients.set(client, filters);
		filters.all.add(filter);
		if (hasWildcard(filter)) filters.wildcards += 1;
		this.#total += 1;
		return undefined;
	}

	remove(client: Client, removed: readonly string[]): void {
		const filters = this.#clients.get(client);
		for (const filter of removed) {
			if (!filters?.all.delete(filter)) continue;
			if (hasWildcard(filter)) filters.wildcards -= 1;
			this.#total -= 1;
		}
	}

	/** The client is gone. */
	forget(client: Client): void {
		this.#total -= this.#clients.get(client)?.all.size ?? 0;
		this.#clients.delete(client);
	}
}
