import type { PageLogin } from "../../auth/mod.ts";
import type { Connection } from "../../mqtt/mod.ts";
import type { Person } from "../service/operation.ts";
import type { PageLogins } from "./page-ports.ts";

/** A graph a page watches. */
export interface PageMonitor {
	/** Where the page hears it, as it was told last. */
	topic: string | undefined;
	end(): void;
}

/** A page that has attached. */
export interface AttachedPage {
	/** As it is written in its topics. */
	readonly id: string;
	/** Null where the broker does not tell. */
	readonly connection: Connection | null;
	/** What its requests quoted last, and rightly. */
	login: PageLogin | undefined;
	/** Requests that are not answered yet. */
	inFlight: number;
	/** By graph, oldest first. */
	readonly monitors: Map<number, PageMonitor>;
}

export function newPage(id: string, connection: Connection | null): AttachedPage {
	return { id, connection, login: undefined, inFlight: 0, monitors: new Map() };
}

/** Finds out who is behind the token a page quotes (`ccm-gui.md §5`). */
export class PageIdentities {
	readonly #logins: PageLogins;
	/** The connection that used a token first, which is the only one it counts on. */
	readonly #connections = new WeakMap<PageLogin, Connection>();

	constructor(logins: PageLogins) {
		this.#logins = logins;
	}

	/**
	 * Looks at what a page quotes, and remembers it.
	 * @param quoted Its `_id`.
	 * @returns null: the token is unknown, another page's, another connection's, or its session has ended.
	 */
	async identify(page: AttachedPage, quoted: unknown): Promise<Person | null> {
		if (typeof quoted !== "string") return null;
		await this.#logins.refresh();
		const login = await this.#logins.find(page.id.toLowerCase());
		if (login === undefined || login.hash !== this.#logins.hashOf(quoted)) return null;
		if (page.connection !== null) {
			const first = this.#connections.get(login) ?? page.connection;
			if (first !== page.connection) return null;
			this.#connections.set(login, first);
		}
		login.use();
		page.login = login;
		return personOf(page);
	}

	/** A page has left: its token counts nowhere else. */
	left({ id, login }: AttachedPage): void {
		if (login !== undefined) this.#logins.end(id.toLowerCase());
	}
}

/** Who looks at a page; null: no one has logged in there, or no longer is. */
export function personOf({ login }: AttachedPage): Person | null {
	const account = login?.account();
	return account === undefined
		? null
		: { u_id: account.id, u_name: account.name, role: account.role };
}
