import { type Clock, LimitedQuestions, messageOf } from "../kit/mod.ts";
import type { SharedPageLoginRows } from "../store/mod.ts";
import { loginOf } from "./login-sessions.ts";
import {
	type DrawnPage,
	type KnownAccounts,
	MAX_PER_SESSION,
	newPageLogin,
	type PageLogin,
	type PageLogins,
} from "./page-logins.ts";
import type { Page } from "./principal.ts";
import { hashOf, newSecret } from "./secrets.ts";
import type { SharedSessions } from "./shared-sessions.ts";

export interface SharedPageLoginsDeps
	extends Pick<KnownAccounts, "userById" | "accountOf" | "log"> {
	readonly rows: Pick<SharedPageLoginRows, "draw" | "find" | "end">;
	readonly sessions: Pick<SharedSessions, "refresh" | "refer" | "refreshKey" | "referKey">;
	readonly clock: Clock;
}

/** More pages than the page API serves: beyond these the one that was shown first is asked for again. */
const MAX_KNOWN = 4000;

/**
 * Logins of pages of a cluster. The database has them, so that a broker may ask any node about one, and the next node that
 * has the project manager goes on with it. In memory are those that this node has drawn or was shown.
 */
export class SharedPageLogins implements PageLogins {
	readonly #deps: SharedPageLoginsDeps;
	readonly #known = new Map<string, PageLogin>();
	/** Of ids that anyone may show to a broker. */
	readonly #questions: LimitedQuestions;

	constructor(deps: SharedPageLoginsDeps) {
		this.#deps = deps;
		this.#questions = new LimitedQuestions(deps.clock);
	}

	/** @throws StorageError when the database does not take it. */
	async draw(secret: string): Promise<DrawnPage | undefined> {
		const { sessions, rows, accountOf } = this.#deps;
		await sessions.refresh(secret);
		const session = sessions.refer(secret);
		if (session === undefined) return undefined;
		const [id, token] = [crypto.randomUUID(), newSecret()];
		const login = newPageLogin({ id, hash: hashOf(token) }, session, accountOf);
		if (login.account() === undefined) return undefined;
		const row = { hash: login.hash, session: session.key };
		for (const gone of await rows.draw(id, row, MAX_PER_SESSION)) this.#known.delete(gone);
		this.#note(login);
		return { id, token };
	}

	/** @throws StorageError when the database does not say. */
	async find(id: string): Promise<PageLogin | undefined> {
		const known = this.#known.get(id);
		if (known?.account() !== undefined) return known;
		this.#known.delete(id);
		const { sessions, rows, accountOf } = this.#deps;
		const row = await this.#questions.ask(() => rows.find(id));
		if (row === undefined) return undefined;
		await sessions.refreshKey(row.session);
		const session = sessions.referKey(row.session);
		// Another request of the page may have been faster.
		const login =
			this.#known.get(id) ?? (session && newPageLogin({ id, hash: row.hash }, session, accountOf));
		if (login?.account() === undefined) return undefined;
		this.#note(login);
		return login;
	}

	end(id: string): void {
		const { rows, log } = this.#deps;
		this.#known.delete(id);
		rows.end(id).catch((error: unknown) => {
			log.debug("cannot end the login of a page", { reason: messageOf(error) });
		});
	}

	principal(id: string): Page | undefined {
		const login = this.#known.get(id);
		const account = login?.account();
		if (login === undefined || account === undefined) return undefined;
		return { kind: "page", id, name: account.name, stamp: login.hash };
	}

	async stored(id: string): Promise<Page | undefined> {
		const row = await this.#questions.ask(() => this.#deps.rows.find(id));
		const user = row && this.#deps.userById(row.userId);
		if (row === undefined || user?.isActive !== true || loginOf(user) !== row.login) {
			return undefined;
		}
		return { kind: "page", id, name: user.name, stamp: row.hash };
	}

	#note(login: PageLogin): void {
		this.#known.delete(login.id);
		this.#known.set(login.id, login);
		const [oldest] = this.#known.keys();
		if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
	}
}
