import type { Account, SessionView, Verified } from "../auth/mod.ts";

/** Logging in and out with a request. */
export interface AccountLogins {
	/** Checks a name and a password; failures are counted for the address the request comes from. */
	verify(name: string, password: string): Promise<Verified>;
	/**
	 * Begins a session for a person that has just shown a password, or whose account was just made; the account must be
	 * among those in memory.
	 * @returns the value of `Set-Cookie`, once the session is stored.
	 */
	open(account: Account): Promise<string>;
	/** Ends the session the request shows, if any. @returns the value of `Set-Cookie`, which removes the cookie. */
	close(): Promise<string>;
	/** Where a person is logged in, the last used first. */
	sessionsOf(name: string): Promise<SessionView[]>;
	/** Ends one of a person's sessions by its id, or all but that of the request. @returns how many. */
	endSessions(name: string, id?: string): Promise<number>;
	/** The secret of the session the request shows; undefined: it shows none. */
	readonly session: string | undefined;
}
