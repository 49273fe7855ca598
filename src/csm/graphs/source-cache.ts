import type { FunctionRecord } from "../store/functions.ts";

/** Sources by digest: the most recently used ones, up to a number of characters. */
export class SourceCache {
	readonly #maxChars: number;
	readonly #records = new Map<string, FunctionRecord>();
	#chars = 0;

	constructor(maxChars: number) {
		this.#maxChars = maxChars;
	}

	get(digest: string): FunctionRecord | undefined {
		const record = this.#records.get(digest);
		if (record === undefined) return undefined;
		this.#records.delete(digest);
		this.#records.set(digest, record);
		return record;
	}

	put(record: FunctionRecord): void {
		const former = this.#records.get(record.digest);
		if (former?.code === record.code || record.code.length > this.#maxChars) return;
		// A stored source may have been damaged, and mended by `add_funcs`.
		if (former !== undefined) {
			this.#records.delete(record.digest);
			this.#chars -= former.code.length;
		}
		this.#records.set(record.digest, record);
		this.#chars += record.code.length;
		for (const [oldest, { code }] of this.#records) {
			if (this.#chars <= this.#maxChars) return;
			this.#records.delete(oldest);
			this.#chars -= code.length;
		}
	}
}
