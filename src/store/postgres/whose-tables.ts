// Why tables cannot be used that belong to others, or cannot be made.
import type { PostgresAddress } from "./address.ts";

/** Another program's are there. */
export function isForeign({ setting }: PostgresAddress): string {
	return `it is a database of another program; use an empty one, with ${setting}`;
}

/** There are none, and they may not be made. */
export function mayNotMake({ user, database }: PostgresAddress): string {
	return `${user} may not create tables in it; make ${user} its owner: ALTER DATABASE ${database} OWNER TO ${user}`;
}

/** @param owner Whose they are. */
export function areOthers({ user, setting }: PostgresAddress, owner = "another user"): string {
	return `its tables belong to ${owner}, not to ${user}; name their owner in ${setting}, or change it with REASSIGN OWNED`;
}

/** New ones would hide them: the server would start with nothing. @param schema Where they are. */
export function areHidden({ user, database }: PostgresAddress, schema: string): string {
	return `its tables are in the schema ${schema}, but new ones would be made in one that comes before it; ALTER ROLE ${user} IN DATABASE ${database} SET search_path = ${schema}`;
}
