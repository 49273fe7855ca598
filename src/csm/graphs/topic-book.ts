import { dataTopic, type GraphKey, graphName, type LinkKey } from "../../contract/mod.ts";
import type { Partitions } from "../partitions.ts";
import { LinkTopics } from "../store/link-topics.ts";
import type { LinkRows } from "../store/links.ts";

/** A topic for a link, and whether no other link has its key. */
interface Claim {
	readonly topic: string;
	readonly isFirst: boolean;
}

/** The topics of link keys, which links of several graphs share (`csm.md §4.4`). What has `links` belongs inside a unit of work. */
export interface TopicBook {
	/** A link is there with a topic known: a stored one, or one whose removal is undone. */
	restore(key: LinkKey, topic: string): void;
	/** A link of a graph is about to be stored. */
	claim(links: LinkRows, key: LinkKey, graph: GraphKey): Promise<Claim>;
	/** That was undone. */
	unclaim(key: LinkKey): void;
	/** Removes a link. @returns whether it was the last one of its key: the next one gets another topic. */
	remove(links: LinkRows, id: number, key: LinkKey): Promise<boolean>;
	/** Removes all links of a graph. @returns those keys that no link has any more. */
	removeAll(links: LinkRows, graph: GraphKey, keys: readonly LinkKey[]): Promise<LinkKey[]>;
}

/** Topics of a server that has all graphs: it knows in memory which are in use. */
export class OwnTopics implements TopicBook {
	readonly #topics = new LinkTopics();

	restore(key: LinkKey, topic: string): void {
		this.#topics.restore(key, topic);
	}

	async claim(_: LinkRows, key: LinkKey): Promise<Claim> {
		return this.#topics.claim(key);
	}

	unclaim(key: LinkKey): void {
		this.#topics.release(key);
	}

	async remove(links: LinkRows, id: number, key: LinkKey): Promise<boolean> {
		const isLast = this.#topics.release(key);
		await links.remove(id, key, isLast);
		return isLast;
	}

	async removeAll(links: LinkRows, graph: GraphKey, keys: readonly LinkKey[]): Promise<LinkKey[]> {
		const unused = keys.filter((key) => this.#topics.release(key));
		// Also those of links that could not be read, of which nothing is known here.
		await links.removeTopics(await links.removeAll(graph));
		return unused;
	}
}

/** Topics of a cluster: links of other graphs may come and go on other nodes, so the database says what is in use. */
export class SharedTopics implements TopicBook {
	readonly #partitions: Pick<Partitions, "inputTopic">;

	constructor(partitions: Pick<Partitions, "inputTopic">) {
		this.#partitions = partitions;
	}

	restore(): void {}

	async claim(links: LinkRows, key: LinkKey, graph: GraphKey): Promise<Claim> {
		const id = crypto.randomUUID();
		const isInput = key.mode === "idf";
		const fresh = isInput ? this.#partitions.inputTopic(graphName(graph), id) : dataTopic(id);
		const topic = await links.claimTopic(key, fresh);
		return { topic, isFirst: topic === fresh };
	}

	unclaim(): void {}

	async remove(links: LinkRows, id: number, key: LinkKey): Promise<boolean> {
		await links.remove(id, key, false);
		return await links.freeTopic(key);
	}

	async removeAll(links: LinkRows, graph: GraphKey): Promise<LinkKey[]> {
		const unused: LinkKey[] = [];
		for (const key of await links.removeAll(graph)) {
			if (await links.freeTopic(key)) unused.push(key);
		}
		return unused;
	}
}
