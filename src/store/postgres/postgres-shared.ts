import type { Logger } from "../../kit/mod.ts";
import type { StoreOptions } from "../place.ts";
import type { SharedDatabase } from "../port.ts";
import { type PostgresAddress, readAddresses } from "./address.ts";
import { Pool } from "./connection.ts";
import { cannotStore, isInTheWay, troubleOf } from "./failures.ts";
import { Notices } from "./notices.ts";

/** A question at a time, and one that may wait for a lock. */
const CONNECTIONS = 2;
/** How often a statement is run that others' changes come in the way of. */
const TRIES = 3;

/** What `openShared` opens. */
export class PostgresShared implements SharedDatabase {
	readonly #listenAt: PostgresAddress;
	readonly #pool: Pool;
	readonly #log: Logger;
	readonly #notices = new Set<Notices>();

	/** @throws ConfigError */
	constructor(options: StoreOptions, answerMs: number, log: Logger) {
		const { address, listenAt } = readAddresses(options);
		this.#listenAt = listenAt;
		this.#pool = new Pool(address, CONNECTIONS, answerMs);
		this.#log = log;
	}

	async ask(text: string, params: readonly unknown[] = []): Promise<unknown[][]> {
		for (let left = TRIES - 1; ; left--) {
			try {
				return await this.#pool.ask(text, params);
			} catch (error) {
				if (left > 0 && isInTheWay(error)) continue;
				throw troubleOf(error) === undefined ? error : cannotStore(error);
			}
		}
	}

	listen(channel: string, call: (said?: string) => void): () => void {
		const notices = new Notices(this.#listenAt, channel, call, this.#log);
		this.#notices.add(notices);
		notices.start();
		return () => {
			this.#notices.delete(notices);
			notices.close();
		};
	}

	close(): void {
		for (const notices of this.#notices) notices.close();
		this.#notices.clear();
		this.#pool.close();
	}
}
