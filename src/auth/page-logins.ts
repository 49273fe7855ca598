import type { KnownPeople, LoginSessions } from "./login-sessions.ts";
import type { Account } from "./outcome.ts";
import type { Page, Principal } from "./principal.ts";
import { hashOf, newSecret } from "./secrets.ts";
import type { SessionRef } from "./sessions.ts";

/** More pages of one session than anyone has open; beyond these the oldest one's token ends. */
export const MAX_PER_SESSION = 50;

/** What stands for a session at one page: the page's id, and a token for what the page asks over MQTT. */
export interface DrawnPage {
	/** A UUID. */
	readonly id: string;
	readonly token: string;
}

/** The login of a page, as long as its session lasts. */
export interface PageLogin extends DrawnLogin {
	/** Whose session it is; undefined: it has ended. */
	account(): Account | undefined;
	/** The page is being used, so that its session lasts. */
	use(): void;
}

interface DrawnLogin {
	readonly id: string;
	/** Of its token. */
	readonly hash: string;
}

/** People, and the accounts of their logins. */
export interface KnownAccounts extends KnownPeople {
	/** Undefined: the login is no longer valid. */
	readonly accountOf: (principal: Principal) => Account | undefined;
}

type Maybe<T> = T | undefined | Promise<T | undefined>;

/**
 * Logins of pages on MQTT (`ccm-gui.md §5`): this server's, or those of a cluster. A session's cookie never gets there: each
 * page has a token of its own, which ends with the session.
 */
export interface PageLogins {
	/**
	 * Makes a page's login. @param secret The session's. @returns undefined when the session has ended.
	 * @throws StorageError when the database of a cluster does not take it.
	 */
	draw(secret: string): Maybe<DrawnPage>;
	/**
	 * The login of a page, while its session lasts. @param id In lowercase.
	 * @throws StorageError when the database of a cluster does not say.
	 */
	find(id: string): Maybe<PageLogin>;
	/** Ends a page's login for good. */
	end(id: string): void;
	/** The page as a principal of MQTT, as far as this server knows. */
	principal(id: string): Page | undefined;
	/** The same of a page that another node of a cluster has drawn. @throws StorageError */
	stored?(id: string): Promise<Page | undefined>;
}

/** A login that rests on a session. @param accountOf The account of a login; undefined: it is no longer valid. */
export function newPageLogin(
	drawn: DrawnLogin,
	{ principal, use }: Pick<SessionRef, "principal" | "use">,
	accountOf: (principal: Principal) => Account | undefined,
): PageLogin {
	const account = () => {
		const current = principal();
		return current && accountOf(current);
	};
	return { ...drawn, account, use };
}

/** Logins of pages in memory: a restart ends all of them, and pages ask for new ones. */
export class KnownPageLogins implements PageLogins {
	readonly #sessions: Pick<LoginSessions, "refer">;
	readonly #accountOf: (principal: Principal) => Account | undefined;
	readonly #byId = new Map<string, PageLogin>();
	/** Those of each session, oldest first. */
	readonly #bySession = new Map<string, PageLogin[]>();

	/** @param accountOf The account of a login; undefined: it is no longer valid. */
	constructor(
		sessions: Pick<LoginSessions, "refer">,
		accountOf: (principal: Principal) => Account | undefined,
	) {
		this.#sessions = sessions;
		this.#accountOf = accountOf;
	}

	draw(secret: string): DrawnPage | undefined {
		const session = this.#sessions.refer(secret);
		if (session === undefined) return undefined;
		const { key } = session;
		const [id, token] = [crypto.randomUUID(), newSecret()];
		const login = newPageLogin({ id, hash: hashOf(token) }, session, this.#accountOf);
		if (login.account() === undefined) return undefined;
		this.#tidy();
		const own = [...(this.#bySession.get(key) ?? []), login];
		for (const { id: oldest } of own.splice(0, own.length - MAX_PER_SESSION)) {
			this.#byId.delete(oldest);
		}
		this.#bySession.set(key, own);
		this.#byId.set(id, login);
		return { id, token };
	}

	find(id: string): PageLogin | undefined {
		const login = this.#byId.get(id);
		return login?.account() === undefined ? undefined : login;
	}

	end(id: string): void {
		this.#byId.delete(id);
	}

	principal(id: string): Page | undefined {
		const login = this.#byId.get(id);
		const account = login?.account();
		if (login === undefined || account === undefined) return undefined;
		return { kind: "page", id, name: account.name, stamp: login.hash };
	}

	/** Forgets those of sessions that have ended. */
	#tidy(): void {
		for (const [key, own] of this.#bySession) {
			if (own[0]?.account() !== undefined) continue;
			this.#bySession.delete(key);
			for (const { id } of own) this.#byId.delete(id);
		}
	}
}
