import type { BrokerConnection } from "./broker-connection.ts";

/** What lies retained: a hash of the payload, by topic. */
export type RetainedHashes = Map<string, number | bigint>;

/** Topics that are remembered; more retained requests than these are taken for new ones. */
const MAX_TOPICS = 10_000;

/** Finds out what lies retained at another program's broker. */
export class RetainedLook {
	/** What was found by looks that go on: one may begin before another has ended. */
	readonly #looks = new Set<RetainedHashes>();

	/** Takes a message of a topic that is looked at. */
	take(topic: string, payload: Uint8Array, retained: boolean): void {
		if (!retained) return;
		for (const found of this.#looks) {
			if (found.size < MAX_TOPICS) found.set(topic, Bun.hash(payload));
		}
	}

	/** @returns what lies there under the filters; nothing without a connection. */
	async under(
		filters: string[],
		connection: BrokerConnection | undefined,
	): Promise<RetainedHashes> {
		const found: RetainedHashes = new Map();
		if (!connection?.isConnected || filters.length === 0) return found;
		this.#looks.add(found);
		await connection.requestRetained(filters);
		this.#looks.delete(found);
		return found;
	}
}
