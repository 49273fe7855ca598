import type { SharedDatabase } from "./port.ts";
import { LASTS } from "./shared-page-sessions.ts";

/** The login of a page on MQTT, which all nodes of a cluster know, while its session lasts. */
export interface SharedPageLogin {
	/** SHA-256 of its token in hex. */
	readonly hash: string;
	/** SHA-256 of the secret of its session in hex. */
	readonly session: string;
	/** The person whose session that is. */
	readonly userId: number;
	/** Tells whether the person's login is still the same one. */
	readonly login: string;
}

/** $1 id, $2 hash of its token, $3 its session, $4 how many a session may have. Those of sessions that have ended go. */
const DRAW = `WITH gone AS (
	DELETE FROM cluster_pages AS page WHERE
		NOT EXISTS (SELECT FROM page_sessions WHERE hash = page.session AND ${LASTS})
		OR id IN (SELECT id FROM cluster_pages WHERE session = $3 ORDER BY made DESC, id OFFSET $4::bigint - 1)
	RETURNING id
), made AS (INSERT INTO cluster_pages (id, hash, session) VALUES ($1, $2, $3))
SELECT id FROM gone`;

/** $1 id. */
const FIND = `SELECT page.hash, page.session, user_id, login FROM cluster_pages AS page
JOIN page_sessions AS of_person ON of_person.hash = page.session
WHERE page.id = $1 AND ${LASTS}`;

/** $1 id. */
const END = "DELETE FROM cluster_pages WHERE id = $1";

/**
 * Logins of pages in the database of a cluster, in which one that was drawn at one node holds at all, for as long as its
 * session. Methods throw StorageError when the database does not answer.
 */
export class SharedPageLoginRows {
	readonly #database: SharedDatabase;

	constructor(database: SharedDatabase) {
		this.#database = database;
	}

	/**
	 * Keeps one; of those of its session the oldest go.
	 * @param most How many that may have.
	 * @returns the ids of those that have gone.
	 */
	async draw(
		id: string,
		{ hash, session }: Pick<SharedPageLogin, "hash" | "session">,
		most: number,
	): Promise<string[]> {
		const gone = await this.#database.ask(DRAW, [id, hash, session, most]);
		return gone.map(([one]) => String(one));
	}

	/** @returns undefined when there is none, or its session has ended. */
	async find(id: string): Promise<SharedPageLogin | undefined> {
		const [row] = await this.#database.ask(FIND, [id]);
		if (row === undefined) return undefined;
		const [hash, session, userId, login] = row;
		return {
			...{ hash: String(hash), session: String(session) },
			...{ userId: Number(userId), login: String(login) },
		};
	}

	async end(id: string): Promise<void> {
		await this.#database.ask(END, [id]);
	}
}
