/** One message on its way to the engine. */
export interface Waiting {
	readonly linkId: number;
	/** JSON text as it arrived. */
	readonly text: string;
	/** When it arrived, as `performance.now()` tells. */
	readonly at: number;
}

interface Entry extends Waiting {
	dropped: boolean;
}

interface LinkEntries {
	entries: Entry[];
	/** Index of the oldest entry still waiting. */
	head: number;
}

/**
 * Messages waiting for the engine, in order of arrival. Each link has room for a fixed
 * number: when it is full the link's own oldest message is dropped (`csm.md §5.3`).
 */
export class MessageQueue {
	readonly #perLink: number;
	#order: Entry[] = [];
	#orderHead = 0;
	readonly #links = new Map<number, LinkEntries>();
	#size = 0;

	/** @param perLink Messages of one link that may wait. */
	constructor(perLink: number) {
		this.#perLink = perLink;
	}

	/** Messages waiting. */
	get size(): number {
		return this.#size;
	}

	/** Adds the newest message; false when an older one of its link was dropped for it. */
	push(linkId: number, text: string, at: number): boolean {
		let link = this.#links.get(linkId);
		if (link === undefined) {
			link = { entries: [], head: 0 };
			this.#links.set(linkId, link);
		}
		const entry: Entry = { linkId, text, at, dropped: false };
		link.entries.push(entry);
		this.#order.push(entry);
		this.#size += 1;
		if (link.entries.length - link.head <= this.#perLink) return true;
		const oldest = link.entries[link.head];
		if (oldest !== undefined) oldest.dropped = true;
		advance(link);
		this.#size -= 1;
		if (this.#order.length - this.#orderHead > 2 * this.#size + 1024) this.#compact();
		return false;
	}

	/**
	 * Takes messages, oldest first.
	 * @param max So many at most.
	 * @param maxChars No more than fit into so many characters, but always one.
	 */
	take(max: number, maxChars = Number.POSITIVE_INFINITY): Waiting[] {
		const taken: Waiting[] = [];
		let chars = 0;
		for (; taken.length < max && this.#orderHead < this.#order.length; this.#orderHead++) {
			const entry = this.#order[this.#orderHead];
			if (entry === undefined || entry.dropped) continue;
			chars += entry.text.length;
			if (chars > maxChars && taken.length > 0) break;
			const link = this.#links.get(entry.linkId);
			if (link !== undefined) advance(link);
			taken.push(entry);
		}
		this.#size -= taken.length;
		if (this.#orderHead === this.#order.length) {
			this.#order = [];
			this.#orderHead = 0;
		} else if (this.#orderHead > 4096) this.#compact();
		return taken;
	}

	/** Takes all messages of some links out of the queue, oldest first, and forgets the links. */
	takeLinks(linkIds: ReadonlySet<number>): Waiting[] {
		const taken = this.#order
			.slice(this.#orderHead)
			.filter((entry) => !entry.dropped && linkIds.has(entry.linkId));
		for (const entry of taken) entry.dropped = true;
		for (const id of linkIds) this.#links.delete(id);
		this.#size -= taken.length;
		this.#compact();
		return taken;
	}

	#compact(): void {
		this.#order = this.#order.slice(this.#orderHead).filter((entry) => !entry.dropped);
		this.#orderHead = 0;
	}
}

function advance(link: LinkEntries): void {
	link.head += 1;
	if (link.head === link.entries.length) {
		link.entries = [];
		link.head = 0;
	} else if (link.head > 1024) {
		link.entries = link.entries.slice(link.head);
		link.head = 0;
	}
}
