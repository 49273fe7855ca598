import type { Role, ServiceSecret, TokenRecord, UserRecord } from "../store/mod.ts";
import { LOCAL, type Principal } from "./principal.ts";

/** Why there is no login. */
export type Failure =
	| { readonly kind: "refused" }
	/** Too many failures from there, or too many concurrent logins; try again later. */
	| { readonly kind: "slow"; readonly waitMs: number };

/** The result of a login. */
export type Outcome = Principal | Failure;

/** A person with an account. */
export interface Account {
	readonly id: number;
	readonly name: string;
	readonly role: Role;
}

/**
 * The command line on this machine, where only accounts count: an administrator without an account, to whom nothing can
 * belong. No one has this id, and no one may have this name.
 */
export const LOCAL_ACCOUNT = { id: 0, name: LOCAL.name, role: "admin" } as const satisfies Account;

/** What became of a name with a password where only accounts count. */
export type Verified = { readonly kind: "account"; readonly account: Account } | Failure;

/** The accounts in memory; `Accounts` implements it. */
export interface AccountsPort {
	/** Brings them up to date. */
	refresh(): Promise<void>;
	/** Also with what another program has changed this moment. */
	refreshSurely(): Promise<void>;
	/** Whether they are not up to date. */
	isOutdated(): boolean;
	user(name: string): UserRecord | undefined;
	tokenByHash(hash: string): TokenRecord | undefined;
	service(name: string): ServiceSecret | undefined;
}
