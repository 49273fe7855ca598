import { and, desc, eq, lte, sql } from "drizzle-orm";
import type { Db } from "../../store/mod.ts";
import type { UndoStep, UndoSteps } from "./port.ts";
import type { RecordRows } from "./record-rows.ts";
import type { CcmDatabase } from "./tables.ts";

type Which = Pick<UndoStep, "p_id" | "u_id" | "is_undone">;

/** What takes changes back, in the order of the changes. */
export class UndoRows implements UndoSteps {
	readonly #db: Db;
	readonly #rows: RecordRows<UndoStep>;
	readonly #table: CcmDatabase["undo"];

	constructor(db: Db, { undo }: CcmDatabase, rows: RecordRows<UndoStep>) {
		this.#db = db;
		this.#table = undo;
		this.#rows = rows;
	}

	list(where?: Partial<UndoStep>): Promise<UndoStep[]> {
		return this.#rows.list(where);
	}

	add(step: UndoStep): Promise<void> {
		return this.#rows.add(step);
	}

	remove(where: Partial<UndoStep>): Promise<void> {
		return this.#rows.remove(where);
	}

	async newest(which: Which): Promise<UndoStep | undefined> {
		const rev = await this.#newestRev(which);
		if (rev === undefined) return undefined;
		const [step] = await this.#rows.list({ p_id: which.p_id, rev });
		return step;
	}

	async has(which: Which): Promise<boolean> {
		return (await this.#newestRev(which)) !== undefined;
	}

	async trim(pId: number, keep: number, mostBytes: number): Promise<void> {
		const { p_id, seq, inverse, redo } = this.#table;
		const rows = await this.#db
			.select({ seq, bytes: sql<number>`octet_length(${inverse}) + octet_length(${redo})` })
			.from(this.#table)
			.where(eq(p_id, pId))
			.orderBy(desc(seq))
			.limit(keep + 1);
		let bytes = 0;
		const last = rows.find((row, index) => {
			bytes += row.bytes;
			return index > 0 && (index >= keep || bytes > mostBytes);
		});
		if (last === undefined) return;
		await this.#db.delete(this.#table).where(and(eq(p_id, pId), lte(seq, last.seq)));
	}

	async #newestRev({ p_id, u_id, is_undone }: Which): Promise<number | undefined> {
		const of = this.#table;
		const [last] = await this.#db
			.select({ rev: of.rev })
			.from(of)
			.where(and(eq(of.p_id, p_id), eq(of.u_id, u_id), eq(of.is_undone, is_undone)))
			.orderBy(desc(of.seq))
			.limit(1);
		return last?.rev;
	}
}
