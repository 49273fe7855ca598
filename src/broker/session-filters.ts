import type { Subscription } from "aedes";
import { FilterIndex } from "./filter-index.ts";

/** What a persistent session subscribed to, as aedes takes it back. */
export type SessionFilter = Pick<Subscription, "topic" | "qos"> & {
	readonly nl?: boolean | undefined;
	readonly rap?: boolean | undefined;
};

/** A session that wants a message confirmed. */
export interface Match {
	readonly clientId: string;
	/** The highest of all its filters that fit (`MQTT-3.3.5-1`). */
	readonly qos: number;
	/** The same for messages of its own client; 0: it does not want them, or not confirmed. */
	readonly ownQos: number;
	/** RETAIN as the publisher had it; bridges ask for that. */
	readonly keepsRetain: boolean;
}

interface Confirmed {
	readonly clientId: string;
	readonly filter: SessionFilter;
}

/** The subscriptions of persistent sessions, whether their clients are there or not. */
export class SessionFilters {
	/** Session → filter → subscription. */
	readonly #sessions = new Map<string, Map<string, Confirmed>>();
	/** Those that ask for confirmed messages (QoS 1 and 2). */
	readonly #index = new FilterIndex<Confirmed>();
	#confirmed = 0;
	#noLocal = 0;
	/** Told whenever the answers of {@link matching} may have changed. */
	onChange: () => void = () => {};

	/** Whether a session does not want what its own client publishes. */
	get hasNoLocal(): boolean {
		return this.#noLocal > 0;
	}

	/** Sessions that want a topic's messages confirmed, each once. */
	matching(topic: string): Match[] {
		if (this.#confirmed === 0) return [];
		const found = new Map<string, Match>();
		for (const { clientId, filter } of this.#index.matching(topic)) {
			const known = found.get(clientId);
			found.set(clientId, {
				clientId,
				qos: Math.max(filter.qos, known?.qos ?? 0),
				ownQos: Math.max(filter.nl === true ? 0 : filter.qos, known?.ownQos ?? 0),
				keepsRetain: filter.rap === true || known?.keepsRetain === true,
			});
		}
		return [...found.values()];
	}

	/** Client ids of sessions with subscriptions; those of the current one may be removed meanwhile. */
	sessions(): Iterable<string> {
		return this.#sessions.keys();
	}

	of(session: string): SessionFilter[] {
		return [...(this.#sessions.get(session)?.values() ?? [])].map(({ filter }) => ({ ...filter }));
	}

	add(session: string, filters: readonly SessionFilter[]): void {
		const own = this.#sessions.get(session) ?? new Map<string, Confirmed>();
		this.#sessions.set(session, own);
		for (const { topic, qos, nl, rap } of filters) {
			this.#drop(own, topic);
			const filter = { topic, qos, ...(nl === true && { nl }), ...(rap === true && { rap }) };
			const confirmed = { clientId: session, filter };
			own.set(topic, confirmed);
			if (qos === 0) continue;
			this.#index.add(topic, confirmed);
			this.#confirmed += 1;
			if (nl === true) this.#noLocal += 1;
		}
		this.onChange();
	}

	remove(session: string, filters: readonly string[]): void {
		const own = this.#sessions.get(session);
		if (own === undefined) return;
		for (const filter of filters) this.#drop(own, filter);
		if (own.size === 0) this.#sessions.delete(session);
		this.onChange();
	}

	/** The session ended. */
	forget(session: string): void {
		this.remove(session, [...(this.#sessions.get(session)?.keys() ?? [])]);
	}

	#drop(own: Map<string, Confirmed>, topic: string): void {
		const confirmed = own.get(topic);
		if (confirmed === undefined) return;
		own.delete(topic);
		if (confirmed.filter.qos === 0) return;
		this.#index.delete(topic, confirmed);
		this.#confirmed -= 1;
		if (confirmed.filter.nl === true) this.#noLocal -= 1;
	}
}
