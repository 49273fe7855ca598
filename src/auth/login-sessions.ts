import type { Logger } from "../kit/mod.ts";
import type { UserRecord } from "../store/mod.ts";
import type { Admin, Person } from "./principal.ts";
import { hashOf } from "./secrets.ts";
import type { SessionRef, SessionView } from "./sessions.ts";

/** Whose sessions there may be. */
export interface KnownPeople {
	/** The account of a login, as it is in memory. */
	readonly userOf: (principal: Admin | Person) => UserRecord | undefined;
	readonly userById: (id: number) => UserRecord | undefined;
	/** Whether a login is still valid. */
	readonly isCurrent: (principal: Admin | Person) => boolean;
	readonly log: Logger;
}

/** Logins of people at pages and of programs that keep a cookie: this server's, or those of a cluster. */
export interface LoginSessions {
	start(): Promise<void>;
	stop(): Promise<void>;
	/** @returns the secret that stands for the session. @throws StorageError when the database of a cluster does not take it. */
	begin(principal: Admin | Person): Promise<string>;
	/** Ends a session. @throws StorageError when the database of a cluster does not take it. */
	end(secret: string): Promise<void>;
	/** Whose session it is, as far as this server knows; undefined when it has ended. */
	find(secret: string): Admin | Person | undefined;
	/**
	 * Learns what the other nodes of a cluster know of a session, before it is used; undefined: there are none.
	 * @throws StorageError when the database does not say whose an unknown one is.
	 */
	refresh?(secret: string): Promise<void>;
	/** Those of a person, as `Sessions.listOf` says. */
	listOf(name: string, own: string | undefined): SessionView[] | Promise<SessionView[]>;
	/** Ends sessions of a person, as `Sessions.endOf` says. @returns how many. */
	endOf(name: string, which: string | undefined, own: string | undefined): Promise<number>;
	/** A session that others rest on, for as long as it lasts; undefined when it has ended. */
	refer(secret: string): SessionRef | undefined;
	/** Ends those of logins that are no longer valid; to be called when accounts have changed. */
	endRevoked(): void;
	/** Goes on with the sessions of another server of this process. */
	adopt(others: LoginSessions): void;
}

/** Another one after each change of the password, also to the same one, and of the role. */
export function loginOf({ role, hash }: UserRecord): string {
	return hashOf(`${role} ${hash}`);
}
