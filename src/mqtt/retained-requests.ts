import type { RetainedHashes } from "./retained-look.ts";

/**
 * Tells requests that lie retained on the broker from those that waited in the session. A session has lost whether what
 * waited in it was published to be retained (`MQTT 3.1.1 §3.3.1.3`), and such a request is not carried out when it is
 * met at a start (`csm.md §4.1`): what lies retained on the broker tells.
 */
export class RetainedRequests {
	#found: RetainedHashes = new Map();
	/** Of these, topics whose message has come out of the session. */
	readonly #met = new Set<string>();

	/** A connection begins. @param found What lies retained on the broker. */
	begin(found: RetainedHashes): void {
		this.#met.clear();
		this.#found = found;
	}

	/** @returns `old` for a retained request, `known` for its copy behind what waited, which ends the comparison. */
	judge(topic: string, payload: Uint8Array, retained: boolean): "new" | "old" | "known" {
		const hash = this.#found.get(topic);
		if (retained) {
			this.#found.delete(topic);
			return this.#met.delete(topic) ? "known" : "old";
		}
		if (hash === undefined || hash !== Bun.hash(payload)) return "new";
		this.#met.add(topic);
		return "old";
	}
}
