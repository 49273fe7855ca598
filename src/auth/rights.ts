import type { Principal } from "./auth.ts";

/** One feature of a device. */
export interface LinkedFeature {
	readonly daId: string;
	readonly mode: "idf" | "odf";
	readonly feature: string;
}

/**
 * Which topics a device's login may use (`csm.md §8`): its control channels, and the topics of its links, which
 * come and go as graphs change. Admins may use all topics.
 */
export class Rights {
	/** Device → topic of each linked feature, by mode and feature. */
	readonly #topics = new Map<string, Map<string, string>>();
	/** Device → topics it may publish to, and may subscribe to. */
	readonly #publish = new Map<string, Set<string>>();
	readonly #subscribe = new Map<string, Set<string>>();

	/** A feature got its topic. @returns the one it had until now, if that was another one. */
	grant(key: LinkedFeature, topic: string): string | undefined {
		const former = this.revoke(key);
		const own = this.#topics.get(key.daId) ?? new Map<string, string>();
		this.#topics.set(key.daId, own.set(portOf(key), topic));
		const index = key.mode === "idf" ? this.#publish : this.#subscribe;
		index.set(key.daId, (index.get(key.daId) ?? new Set()).add(topic));
		return former === topic ? undefined : former;
	}

	/** A feature lost its topic. @returns the topic. */
	revoke(key: LinkedFeature): string | undefined {
		const own = this.#topics.get(key.daId);
		const topic = own?.get(portOf(key));
		if (own === undefined || topic === undefined) return undefined;
		own.delete(portOf(key));
		if (own.size === 0) this.#topics.delete(key.daId);
		const index = key.mode === "idf" ? this.#publish : this.#subscribe;
		const topics = index.get(key.daId);
		topics?.delete(topic);
		if (topics?.size === 0) index.delete(key.daId);
		return topic;
	}

	mayPublish(principal: Principal, topic: string): boolean {
		if (principal.kind === "admin") return true;
		const { id } = principal;
		return topic === `${id}/ctrl/i` || this.#publish.get(id)?.has(topic) === true;
	}

	/** Wildcards are refused: they would hear others. */
	maySubscribe(principal: Principal, filter: string): boolean {
		if (principal.kind === "admin") return true;
		const { id } = principal;
		return filter === `${id}/ctrl/o` || this.#subscribe.get(id)?.has(filter) === true;
	}
}

function portOf({ mode, feature }: LinkedFeature): string {
	return `${mode} ${feature}`;
}
