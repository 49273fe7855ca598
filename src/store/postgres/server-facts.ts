import type { PostgresAddress } from "./address.ts";
import type { Ask } from "./connection.ts";

const OLDEST = 13;

/** What a database says about itself, as far as it decides whether it can be used. */
export interface ServerFacts {
	/** Such as 130004 for 13.4, 90624 for 9.6.24. */
	readonly version: number;
	readonly encoding: string;
	/** Where tables are made; null: `search_path` leads nowhere. */
	readonly schema: string | null;
	/** It follows another server, and only that one takes changes. */
	readonly isStandby: boolean;
	readonly isReadOnly: boolean;
}

/** Asks a database of any version. */
export async function readFacts(ask: Ask): Promise<ServerFacts> {
	const [[version, encoding, schema, isStandby, isReadOnly] = []] = await ask(
		`SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
		current_schema()::text, pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'`,
	);
	return {
		version: Number(version),
		encoding: String(encoding),
		schema: typeof schema === "string" ? schema : null,
		isStandby: isStandby === true,
		isReadOnly: isReadOnly === true,
	};
}

/** Why a database cannot be used, and what to do; undefined: it can be read. */
export function whyUnusable(
	{ version, encoding, schema }: ServerFacts,
	{ user, database, setting }: Pick<PostgresAddress, "user" | "database" | "setting">,
): string | undefined {
	if (version < OLDEST * 10_000) {
		return `it is PostgreSQL ${majorOf(version)}; ${OLDEST} or newer is needed: bring it up to date (pg_upgrade), or use another one, with ${setting}`;
	}
	if (encoding !== "UTF8") {
		return `its encoding is ${encoding}; make one with: createdb --owner ${user} --encoding UTF8 --template template0 NAME`;
	}
	if (schema !== null) return undefined;
	return `the search_path of ${user} names no schema that is there; set one: ALTER ROLE ${user} IN DATABASE ${database} SET search_path = public`;
}

/** Up to 9 a major version has two numbers. */
function majorOf(version: number): string {
	const first = Math.floor(version / 10_000);
	return first < 10 ? `${first}.${Math.floor(version / 100) % 100}` : String(first);
}

/** Why a database takes no changes, and what to do; undefined: it takes them. */
export function whyUnchangeable(
	{ isStandby, isReadOnly }: Pick<ServerFacts, "isStandby" | "isReadOnly">,
	{ database, setting }: Pick<PostgresAddress, "database" | "setting">,
): string | undefined {
	if (isStandby) {
		return `it is a standby, which takes no changes; let ${setting} lead to the primary, or promote it (pg_ctl promote)`;
	}
	if (!isReadOnly) return undefined;
	return `it is read-only; let it take changes: ALTER DATABASE ${database} SET default_transaction_read_only = off (or ALTER ROLE, or postgresql.conf)`;
}
