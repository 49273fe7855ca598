/** Where a database is. */
export interface StoreOptions {
	/** Directory of the database, or of what a database elsewhere leaves on this machine; created when missing. */
	readonly userdir: string;
	/** File name relative to `userdir`, absolute path, `:memory:`, or the address of a PostgreSQL database. */
	readonly url: string;
	/** What the ini calls `url`, for messages; {@link URL_SETTING} unless said otherwise. */
	readonly setting?: string;
	/** Of PostgreSQL. */
	readonly postgres?: PostgresOptions;
}

export interface PostgresOptions {
	/** File whose first line is the password; empty: the environment may have one. */
	readonly passwordFile: string;
	/** The same database where notifications come through; empty: `url`. */
	readonly listenUrl: string;
	/** Whether a newer program may use it as well: nodes of a cluster are upgraded one after the other. */
	readonly mayBeNewer?: boolean;
	/** As a node of which cluster it is used; without it, this server alone uses it. */
	readonly node?: {
		readonly cluster: string;
		/** Drawn for this run: as others know the node. */
		readonly run: string;
	};
}

/** Where a server that is not told otherwise has the url from. */
export const URL_SETTING = "url in [core-db]";

/** So much of an address is shown. */
const SHOWN = 300;

/** An address for people: what may be a password is left out, however wrong the address is. */
export function shownUrl(url: string): string {
	const shown = url.replace(/:(?!\/\/).*@/s, ":…@").replaceAll(/(pass\w*=)[^&]*/gi, "$1…");
	return shown.length > SHOWN ? `${shown.slice(0, SHOWN)}…` : shown;
}

/** In `userdir`: what the built-in broker keeps beside a database elsewhere. */
export const LOCAL_FILE = "broker.db";

const POSTGRES = /^postgres(ql)?:/i;

/** Whether an address is one of PostgreSQL, well formed or not. */
export function isPostgres(url: string): boolean {
	return POSTGRES.test(url);
}
