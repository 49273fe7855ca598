import type { Db } from "./db.ts";
import { PeopleRows } from "./people.ts";
import type { StoreTables } from "./schema.ts";
import { SecretRows } from "./secret-rows.ts";

/** Everything logins are checked against. */
export class AccountRows {
	readonly people: PeopleRows;
	readonly secrets: SecretRows;

	constructor(db: Db, tables: StoreTables) {
		this.people = new PeopleRows(db, tables);
		this.secrets = new SecretRows(db, tables);
	}
}
