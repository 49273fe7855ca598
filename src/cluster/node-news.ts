import type { SharedDatabase } from "../store/mod.ts";

const CHANNEL = "iotctl_news";
const TELL = "SELECT pg_notify($1, $2)";

/** What nodes tell each other beside leases, over the database: it is heard behind what was stored before it. */
export class NodeNews {
	readonly #database: Pick<SharedDatabase, "ask" | "listen">;

	constructor(database: Pick<SharedDatabase, "ask" | "listen">) {
		this.#database = database;
	}

	/** Tells all nodes, this one too. @param news At most 7,000 bytes. @throws StorageError */
	async tell(news: string): Promise<void> {
		await this.#database.ask(TELL, [CHANNEL, news]);
	}

	/** Hears what is told; undefined: some of it may have been missed. @returns what ends it. */
	listen(hear: (news: string | undefined) => void): () => void {
		return this.#database.listen(CHANNEL, hear);
	}
}
