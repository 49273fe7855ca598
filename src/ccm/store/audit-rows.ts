import { and, desc, eq, lt, lte } from "drizzle-orm";
import type { Db } from "../../store/mod.ts";
import type { Audit, AuditEntry, AuditQuery, KeptEntry } from "./audit-port.ts";
import type { OnBadRow } from "./record-rows.ts";
import type { CcmDatabase } from "./tables.ts";

/** Who changed what, in the order of the changes. `add` belongs inside a unit of work. */
export class AuditRows implements Audit {
	readonly #db: Db;
	readonly #table: CcmDatabase["audit"];
	readonly #onBadRow: OnBadRow;

	constructor(db: Db, { audit }: CcmDatabase, onBadRow: OnBadRow) {
		this.#db = db;
		this.#table = audit;
		this.#onBadRow = onBadRow;
	}

	async add(entry: AuditEntry, keep: number): Promise<void> {
		const { seq } = this.#table;
		const details = JSON.stringify(entry.details);
		const [added] = await this.#db
			.insert(this.#table)
			.values({ ...entry, details })
			.returning({ seq });
		if (added !== undefined) {
			await this.#db.delete(this.#table).where(lte(seq, added.seq - keep));
		}
	}

	async list({ p_id, u_name, operation, before }: AuditQuery, most: number): Promise<KeptEntry[]> {
		const of = this.#table;
		const rows = await this.#db
			.select()
			.from(of)
			.where(
				and(
					p_id === undefined ? undefined : eq(of.p_id, p_id),
					u_name === undefined ? undefined : eq(of.u_name, u_name),
					operation === undefined ? undefined : eq(of.operation, operation),
					before === undefined ? undefined : lt(of.seq, before),
				),
			)
			.orderBy(desc(of.seq))
			.limit(most);
		return rows.flatMap((row) => {
			const details = this.#read(row);
			return details === undefined ? [] : [{ ...row, details }];
		});
	}

	#read({ seq, details }: { seq: number; details: string }): KeptEntry["details"] | undefined {
		try {
			const read: unknown = JSON.parse(details);
			if (typeof read === "object" && read !== null) return { ...read };
		} catch {}
		this.#onBadRow(`ccm_audit seq ${seq}`, "details are not JSON");
		return undefined;
	}
}
