import { AccountRows } from "./accounts.ts";
import type { Columns } from "./columns.ts";
import type { Db } from "./db.ts";
import { storeTables } from "./schema.ts";

/** Everything logins are checked against, with the handle `Store.write` gives a unit of work. */
export function accountsIn(db: Db, columns: Columns): AccountRows {
	return new AccountRows(db, storeTables(columns));
}
