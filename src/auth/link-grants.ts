import type { TopicGrant, TopicGrants } from "./topic-grants.ts";

/** One feature of a device. */
export interface LinkedFeature {
	readonly daId: string;
	readonly mode: "idf" | "odf";
	readonly feature: string;
}

/**
 * Grants that follow a device's links, which come and go as graphs change (`csm.md §8`): it may publish to the topics
 * of its IDFs and subscribe to those of its ODFs.
 */
export class LinkGrants {
	readonly #grants: TopicGrants;
	/** Device → topic of each linked feature, by mode and feature. */
	readonly #topics = new Map<string, Map<string, string>>();

	constructor(grants: TopicGrants) {
		this.#grants = grants;
	}

	/** A feature got its topic, perhaps in place of another one. */
	linked(key: LinkedFeature, topic: string): void {
		const own = this.#topics.get(key.daId) ?? new Map<string, string>();
		const former = own.get(portOf(key));
		if (former === topic) return;
		this.#topics.set(key.daId, own.set(portOf(key), topic));
		this.#grants.give(key.daId, grantOf(key, topic));
		if (former !== undefined) this.#grants.take(key.daId, grantOf(key, former));
	}

	/** A feature lost its topic. */
	unlinked(key: LinkedFeature): void {
		const own = this.#topics.get(key.daId);
		const topic = own?.get(portOf(key));
		if (own === undefined || topic === undefined) return;
		own.delete(portOf(key));
		if (own.size === 0) this.#topics.delete(key.daId);
		this.#grants.take(key.daId, grantOf(key, topic));
	}

	/** Another node of a cluster grants some devices their rights from now on. */
	forget(isGone: (daId: string) => boolean): void {
		for (const [daId, own] of this.#topics) {
			if (!isGone(daId)) continue;
			this.#topics.delete(daId);
			for (const [port, topic] of own) {
				const mode = port.startsWith("idf ") ? "idf" : "odf";
				this.#grants.take(daId, grantOf({ mode }, topic));
			}
		}
	}
}

function portOf({ mode, feature }: LinkedFeature): string {
	return `${mode} ${feature}`;
}

function grantOf({ mode }: Pick<LinkedFeature, "mode">, filter: string): TopicGrant {
	return { access: mode === "idf" ? "publish" : "subscribe", filter };
}
