import type { Role, ServiceSecret, TokenRecord, UserRecord } from "../store/mod.ts";
import type { Principal } from "./principal.ts";

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

/** What became of a name with a password where only accounts count. */
export type Verified = { readonly kind: "account"; readonly account: Account } | Failure;

/** The accounts in memory; `Accounts` implements it. */
export interface AccountsPort {
	/** Brings them up to date. */
	refresh(): Promise<void>;
	/** Whether they are not up to date. */
	isOutdated(): boolean;
	user(name: string): UserRecord | undefined;
	tokenByHash(hash: string): TokenRecord | undefined;
	service(name: string): ServiceSecret | undefined;
}
