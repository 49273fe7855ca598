import type { Columns } from "./columns.ts";
import type { Db } from "./db.ts";
import { PeopleRows } from "./people.ts";
import { storeTables } from "./schema.ts";

/** People as a module's own unit of work sees and changes them, with the handle `Store.write` gives it. */
export function peopleIn(db: Db, columns: Columns): PeopleRows {
	return new PeopleRows(db, storeTables(columns));
}
