import type { FunctionRecord, FunctionVersion } from "./port.ts";
import type { RecordRows } from "./record-rows.ts";

/** A function without its versions. */
export type FunctionHead = Omit<FunctionRecord, "versions">;

/** A version with its place in its function's list. */
export interface StoredVersion extends FunctionVersion {
	readonly fn_id: number;
	readonly place: number;
}

/** Functions with their versions. Writing methods belong inside a unit of work. */
export class FunctionRows {
	readonly #heads: RecordRows<FunctionHead>;
	readonly #versions: RecordRows<StoredVersion>;

	constructor(heads: RecordRows<FunctionHead>, versions: RecordRows<StoredVersion>) {
		this.#heads = heads;
		this.#versions = versions;
	}

	async list(): Promise<FunctionRecord[]> {
		const all = Map.groupBy(await this.#versions.list(), ({ fn_id }) => fn_id);
		const functions = (await this.#heads.list()).map((head) => {
			const stored = (all.get(head.fn_id) ?? []).sort((a, b) => a.place - b.place);
			const versions = stored.map(({ fn_id: _, place: __, ...version }) => version);
			return { ...head, versions };
		});
		// Its only version could not be read.
		return functions.filter(({ versions }) => versions.length > 0);
	}

	/** @param before What is stored; only what differs is written. */
	async put(record: FunctionRecord, before: FunctionRecord | undefined): Promise<void> {
		const { versions, ...head } = record;
		const { fn_id } = head;
		await this.#heads.put(head);
		const kept = new Set(versions.map(({ fnvt_idx }) => fnvt_idx));
		for (const { fnvt_idx } of before?.versions ?? []) {
			if (!kept.has(fnvt_idx)) await this.#versions.remove({ fnvt_idx });
		}
		for (const [place, version] of versions.entries()) {
			if (before?.versions[place] === version) continue;
			await this.#versions.put({ ...version, fn_id, place });
		}
	}

	/** Their versions go with them. */
	remove({ versions: _, ...where }: Partial<FunctionRecord>): Promise<void> {
		return this.#heads.remove(where);
	}
}
