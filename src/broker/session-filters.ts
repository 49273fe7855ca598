import type { Subscription } from "aedes";
import { hasWildcard, topicMatches } from "./topics.ts";

/** What a persistent session subscribed to, as aedes takes it back. */
export type SessionFilter = Pick<Subscription, "topic" | "qos">;

/** A session that wants a message confirmed. */
export interface Match {
	readonly clientId: string;
	readonly topic: string;
	readonly qos: number;
}

/** The subscriptions of persistent sessions, whether their clients are there or not. */
export class SessionFilters {
	/** Session → filter → subscription. */
	readonly #sessions = new Map<string, Map<string, SessionFilter>>();
	/** Filter → session → QoS, for those that ask for confirmed messages (QoS 1 and 2). */
	readonly #confirmed = new Map<string, Map<string, number>>();
	/** Those of them with `+` or `#`. */
	readonly #wildcards = new Set<string>();
	/** Told whenever the answers of {@link has} may have changed. */
	onChange: () => void = () => {};

	/** Whether a session wants a topic's messages confirmed. */
	has(topic: string): boolean {
		return this.#confirmed.size > 0 && this.matching(topic).length > 0;
	}

	/** Who wants a topic's messages confirmed; a session with several fitting filters is there several times. */
	matching(topic: string): Match[] {
		const found: Match[] = [];
		if (this.#confirmed.size === 0) return found;
		const add = (filter: string) => {
			for (const [clientId, qos] of this.#confirmed.get(filter) ?? []) {
				found.push({ clientId, topic: filter, qos });
			}
		};
		add(topic);
		for (const filter of this.#wildcards) if (topicMatches(filter, topic)) add(filter);
		return found;
	}

	of(session: string): SessionFilter[] {
		return [...(this.#sessions.get(session)?.values() ?? [])];
	}

	add(session: string, filters: readonly SessionFilter[]): void {
		const own = this.#sessions.get(session) ?? new Map<string, SessionFilter>();
		this.#sessions.set(session, own);
		for (const { topic, qos } of filters) {
			this.#drop(session, own, topic);
			own.set(topic, { topic, qos });
			if (qos === 0) continue;
			const sessions = this.#confirmed.get(topic) ?? new Map<string, number>();
			this.#confirmed.set(topic, sessions.set(session, qos));
			if (hasWildcard(topic)) this.#wildcards.add(topic);
		}
		this.onChange();
	}

	remove(session: string, filters: readonly string[]): void {
		const own = this.#sessions.get(session);
		if (own === undefined) return;
		for (const filter of filters) this.#drop(session, own, filter);
		if (own.size === 0) this.#sessions.delete(session);
		this.onChange();
	}

	/** The session ended. */
	forget(session: string): void {
		this.remove(session, [...(this.#sessions.get(session)?.keys() ?? [])]);
	}

	#drop(session: string, own: Map<string, SessionFilter>, filter: string): void {
		if (!own.delete(filter)) return;
		const sessions = this.#confirmed.get(filter);
		sessions?.delete(session);
		if (sessions?.size !== 0) return;
		this.#confirmed.delete(filter);
		this.#wildcards.delete(filter);
	}
}
