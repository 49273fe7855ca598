import type { Columns, Db } from "../../store/mod.ts";
import { CcmRows } from "./ccm-rows.ts";
import { catalogMemories, DatabaseTables } from "./database-tables.ts";
import type { OnBadRow } from "./record-rows.ts";
import { UnitState } from "./state-rows.ts";

/** CCM's data in a transaction of a program that is not a server; changes are kept with `save`. */
export async function openTables(
	db: Db,
	columns: Columns,
	onBadRow: OnBadRow,
): Promise<DatabaseTables> {
	const rows = new CcmRows(db, columns, onBadRow);
	return new DatabaseTables(rows, catalogMemories(), await UnitState.open(rows.state), false);
}
