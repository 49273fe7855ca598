import type { RouteContext } from "../../http/mod.ts";
import type { Person } from "../service/operation.ts";

/** A person that has just logged in. */
export interface Entered {
	readonly person: Person;
	/** `Set-Cookie` of the session. */
	readonly cookie: string;
}

/** What a new account is asked for. */
export interface NewAccount {
	readonly username: string;
	readonly password: string;
	/** A registration code. */
	readonly code?: string | undefined;
}

/** Accounts and sessions as HTTP needs them; a login is always asked for, also while `[core] auth` is off. */
export interface AccountDoor {
	/**
	 * Whose session a request quotes, or whose name and password; null: no one's.
	 * @throws AccessError when what it shows is wrong, or too much was wrong before.
	 */
	personOf(context: RouteContext): Promise<Person | null>;
	/**
	 * Begins a session. @returns undefined: wrong name or password.
	 * @throws AccessError 429 after too many failures.
	 */
	login(context: RouteContext, name: string, password: string): Promise<Entered | undefined>;
	/** Ends the session of a request. @returns `Set-Cookie` that removes it. */
	logout(context: RouteContext): string;
	/**
	 * Makes an account by the rules of registration. @returns its id.
	 * @throws Refusal 400: the name is taken or not allowed, 403: registration is closed to this request.
	 */
	create(context: RouteContext, account: NewAccount): Promise<number>;
}

/** What the set-up page sends. */
export interface SetupRequest {
	readonly key: string;
	readonly name: string;
	readonly password: string;
	/** Who is to reach the server: only this computer, or everyone in the network. */
	readonly reach: "local" | "network";
}

/** What became of it, for people to read. */
export interface SetupDone {
	/** Where the server is reached from now on. */
	readonly addresses: readonly string[];
	/** A registration token, when devices need one from now on, and the address that has it. */
	readonly token?: string | undefined;
	readonly token_address?: string | undefined;
	/** Devices that need a login from now on. */
	readonly devices: number;
	/** What is left for people to do, as the line of an ini to change. */
	readonly todo?: string | undefined;
}

/** The making of the first administrator. */
export interface SetupDoor {
	/** Whether there is no administrator yet. */
	readonly isNeeded: boolean;
	/**
	 * Makes the first administrator with the one-use key.
	 * @throws Refusal 403: the key is wrong, used or expired; 400: name or password is not allowed.
	 */
	run(
		context: RouteContext,
		request: SetupRequest,
	): Promise<SetupDone & { readonly cookie: string }>;
}
