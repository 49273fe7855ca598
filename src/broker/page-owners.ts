import type { Client } from "aedes";
import { guiTopics, isPageTopic, pageOf } from "../contract/mod.ts";

/** Pages of one connection; a browser has one, a program that stands for many may have some more. */
const MAX_PAGES = 16;

/**
 * Whose the topics of pages are: of the connection that used the page's id first, until it ends. A server that does not
 * serve pages itself treats their topics as any others: there the project manager is a client, too.
 */
export class PageOwners {
	readonly #owners = new Map<string, Client>();
	readonly #pages = new Map<Client, Set<string>>();
	#onLeft: ((page: string) => void) | undefined;
	readonly #onChange: (topic: string) => void;

	/** @param onChange Told whenever the readers of a topic may have changed. */
	constructor(onChange: (topic: string) => void = () => {}) {
		this.#onChange = onChange;
	}

	/** Begins to tell pages apart. @param onLeft Hears of each page whose connection has ended. */
	serve(onLeft: (page: string) => void): void {
		this.#onLeft = onLeft;
	}

	/** Whether a topic is for the owner of a page only. */
	isPrivate(topic: string): boolean {
		return isPageTopic(topic) && this.#onLeft !== undefined;
	}

	/** Whether a client hears a private topic. */
	isHeardBy(client: Client, topic: string): boolean {
		const page = pageOf(topic);
		return page !== undefined && this.#owners.get(page) === client;
	}

	/**
	 * Whether a client may publish to a private topic or subscribe to it by its name. The first that asks is its owner from
	 * then on; the last will of one that has gone is its own as long as no one else has come.
	 */
	mayUse(client: Client, topic: string): boolean {
		const page = pageOf(topic);
		// No page has it, so it matters to no one.
		if (page === undefined) return true;
		const owner = this.#owners.get(page);
		if (owner !== undefined || client.closed) return owner === undefined || owner === client;
		const own = this.#pages.get(client) ?? new Set();
		if (own.size >= MAX_PAGES) return false;
		this.#pages.set(client, own.add(page));
		this.#owners.set(page, client);
		this.#changed(page);
		return true;
	}

	/** The client is gone. */
	left(client: Client): void {
		const own = this.#pages.get(client);
		if (own === undefined) return;
		this.#pages.delete(client);
		for (const page of own) {
			this.#owners.delete(page);
			this.#changed(page);
			this.#onLeft?.(page);
		}
	}

	#changed(page: string): void {
		const { req, res } = guiTopics(page);
		this.#onChange(req);
		this.#onChange(res);
	}
}
