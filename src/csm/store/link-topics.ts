import { dataTopic, type LinkKey } from "../../contract/mod.ts";

interface Entry {
	readonly topic: string;
	/** Links of all graphs that have the key. */
	links: number;
}

/** Which ESM topic each link key has, and how many links share it (`csm.md §4.4`). */
export class LinkTopics {
	readonly #entries = new Map<string, Entry>();
	readonly #newTopic: () => string;

	/** @param newTopic Gives a topic no key has had. */
	constructor(newTopic = () => dataTopic(crypto.randomUUID())) {
		this.#newTopic = newTopic;
	}

	/** A link is there with a topic known: a stored one, or one whose removal is undone. */
	restore(key: LinkKey, topic: string): void {
		const entry = this.#entries.get(textOf(key));
		if (entry === undefined) this.#entries.set(textOf(key), { topic, links: 1 });
		else entry.links += 1;
	}

	/** A link is added. @returns its key's topic, and whether it is the key's first link. */
	claim(key: LinkKey): { topic: string; isFirst: boolean } {
		const topic = this.#entries.get(textOf(key))?.topic ?? this.#newTopic();
		this.restore(key, topic);
		return { topic, isFirst: this.#entries.get(textOf(key))?.links === 1 };
	}

	/** A link is removed. @returns whether it was the last one of its key; the key's next link gets a new topic. */
	release(key: LinkKey): boolean {
		const entry = this.#entries.get(textOf(key));
		if (entry === undefined) return true;
		entry.links -= 1;
		return entry.links === 0 && this.#entries.delete(textOf(key));
	}
}

/** A key as one text: only its last part may hold a slash. */
export function textOf({ daId, mode, feature }: LinkKey): string {
	return `${mode}/${daId}/${feature}`;
}
