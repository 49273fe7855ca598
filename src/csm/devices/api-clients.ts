import { InputError } from "../../kit/mod.ts";
import type { CsmStore } from "../store/csm-store.ts";

/** Attached clients beyond this are refused: each costs a message per announcement. */
const MAX_CLIENTS = 1000;

/** The clients that are attached to the device API, as they are stored (`csm.md §7`). */
export class ApiClients {
	readonly #store: CsmStore;
	readonly #isShared: boolean;
	#clients = new Set<string>();
	/** Clients whose attachment is being stored: they count, and hear nothing yet. */
	readonly #attaching = new Set<string>();
	/** Changes of this server. */
	#changes = 0;

	/** @param isShared Whether other nodes of a cluster change them as well. */
	constructor(store: CsmStore, isShared: boolean) {
		this.#store = store;
		this.#isShared = isShared;
	}

	/** As far as this server knows. */
	get all(): ReadonlySet<string> {
		return this.#clients;
	}

	/** Reads them from the database. @returns those that were not known. */
	async load(): Promise<string[]> {
		for (;;) {
			const changes = this.#changes;
			const stored = await this.#store.rows.deviceApiClients.all();
			// It may have been read before what was stored meanwhile.
			if (changes !== this.#changes) continue;
			const fresh = stored.filter((client) => !this.#clients.has(client));
			this.#clients = new Set(stored);
			return fresh;
		}
	}

	/** Attaches a client, unless it is. @throws InputError when there are too many. */
	async add(client: string): Promise<void> {
		// What another node has stored may not be known yet.
		if (this.#clients.has(client) && !this.#isShared) return;
		await this.#store.write(
			async ({ deviceApiClients }) => {
				const others = this.#isShared
					? (await deviceApiClients.all()).filter((other) => other !== client).length
					: this.#clients.size + this.#attaching.size;
				if (others >= MAX_CLIENTS) {
					throw new InputError(`too many clients: ${MAX_CLIENTS} are attached already`);
				}
				this.#attaching.add(client);
				await deviceApiClients.add(client);
			},
			{
				committed: () => {
					this.#changes += 1;
					this.#attaching.delete(client);
					this.#clients.add(client);
				},
				undone: () => this.#attaching.delete(client),
			},
			[client],
		);
	}

	/** Ends a client's announcements; fine when there were none. */
	async remove(client: string): Promise<void> {
		const isKnown = this.#clients.has(client) || this.#attaching.has(client);
		if (!isKnown && !this.#isShared) return;
		const committed = () => {
			this.#changes += 1;
			this.#clients.delete(client);
		};
		await this.#store.write(
			({ deviceApiClients }) => deviceApiClients.remove(client),
			{ committed },
			[client],
		);
	}
}
