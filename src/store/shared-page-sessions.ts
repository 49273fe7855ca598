import type { SharedDatabase } from "./port.ts";

/** A session of a person that all nodes of a cluster have; ages in seconds, by the database's clock. */
export interface SharedSessionRecord {
	/** SHA-256 of its secret in hex. */
	readonly hash: string;
	/** The person's. */
	readonly userId: number;
	/** Tells whether the person's login is still the same one. */
	readonly login: string;
	/** How long ago it began. */
	readonly begunSeconds: number;
	/** How long ago it was used last, a minute more or less. */
	readonly idleSeconds: number;
}

/** Where nodes hear that sessions have ended. */
const CHANNEL = "iotctl_sessions";
/** An unused session ends after a day, and every one after a week. */
const IDLE_SECONDS = 86_400;
const LONGEST_SECONDS = 7 * IDLE_SECONDS;
/** A use is noted when the last one was so long ago. */
const NOTED_SECONDS = 60;
/** Of all people; beyond these the one that was not used for the longest time ends. */
const MAX_SESSIONS = 1000;

/** In a cluster both columns are times, in seconds of Unix time; those of a server that was alone are long over. */
const NOW = "extract(epoch FROM clock_timestamp())::float8";
/** Of a session: that it has not ended. */
export const LASTS = `(idle_seconds > ${NOW} - ${IDLE_SECONDS} AND begun_seconds > ${NOW} - ${LONGEST_SECONDS})`;
const ROW = `hash, user_id, login, ${NOW} - begun_seconds, ${NOW} - idle_seconds`;

/** $1 hash. What is told is as it was before. */
const USE = `WITH used AS (
	UPDATE page_sessions SET idle_seconds = ${NOW}
	WHERE hash = $1 AND idle_seconds < ${NOW} - ${NOTED_SECONDS} AND ${LASTS}
)
SELECT ${ROW} FROM page_sessions WHERE hash = $1 AND ${LASTS}`;

/** $1 hash, $2 person, $3 login. Two that begin at once may leave one too many, until the next one. */
const BEGIN = `WITH gone AS (
	DELETE FROM page_sessions WHERE NOT ${LASTS} OR hash IN (
		SELECT hash FROM page_sessions ORDER BY idle_seconds DESC, hash OFFSET ${MAX_SESSIONS - 1})
)
INSERT INTO page_sessions (hash, user_id, login, begun_seconds, idle_seconds)
VALUES ($1, $2::bigint, $3, ${NOW}, ${NOW})`;

/** $1 person, $2 the first 16 digits of a hash or null for all, $3 hash of one that stays or null. */
const END = `WITH gone AS (
	DELETE FROM page_sessions WHERE user_id = $1::bigint
		AND CASE WHEN $2::text IS NULL THEN hash IS DISTINCT FROM $3::text ELSE left(hash, 16) = $2 END
	RETURNING hash
), told AS (SELECT pg_notify('${CHANNEL}', '') WHERE EXISTS (SELECT FROM gone))
SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM told)`;

/** $1 hash. */
const END_ONE = `WITH gone AS (DELETE FROM page_sessions WHERE hash = $1 RETURNING 1)
SELECT pg_notify('${CHANNEL}', '') FROM gone`;

/** $1 person. */
const OF_PERSON = `SELECT ${ROW} FROM page_sessions WHERE user_id = $1::bigint AND ${LASTS} ORDER BY idle_seconds DESC, hash`;

/** $1 hashes with commas between. */
const THERE = `SELECT hash FROM page_sessions WHERE hash = ANY(string_to_array($1, ',')) AND ${LASTS}`;

/**
 * Sessions of people in the database of a cluster, in which a login at one node holds on all. Methods throw StorageError
 * when the database does not answer.
 */
export class SharedPageSessions {
	readonly #database: SharedDatabase;

	constructor(database: SharedDatabase) {
		this.#database = database;
	}

	/** Notes a use of a session. @returns undefined when it has ended. */
	async use(hash: string): Promise<SharedSessionRecord | undefined> {
		const [row] = await this.#database.ask(USE, [hash]);
		return row && recordOf(row);
	}

	/** Begins one; those that are over go. */
	async begin(hash: string, userId: number, login: string): Promise<void> {
		await this.#database.ask(BEGIN, [hash, userId, login]);
	}

	/** Ends one, and tells all nodes. */
	async end(hash: string): Promise<void> {
		await this.#database.ask(END_ONE, [hash]);
	}

	/**
	 * Ends some of a person's, and tells all nodes.
	 * @param which The first 16 digits of one's hash; undefined: all but `own`.
	 * @param own Hash of the one that stays.
	 * @returns how many ended.
	 */
	async endOf(userId: number, which: string | undefined, own: string | undefined): Promise<number> {
		const [[count] = []] = await this.#database.ask(END, [userId, which ?? null, own ?? null]);
		return Number(count);
	}

	/** Those of a person, the last used first. */
	async listOf(userId: number): Promise<SharedSessionRecord[]> {
		return (await this.#database.ask(OF_PERSON, [userId])).map(recordOf);
	}

	/** Which of some sessions go on, by their hashes. */
	async there(hashes: readonly string[]): Promise<ReadonlySet<string>> {
		const rows = await this.#database.ask(THERE, [hashes.join()]);
		return new Set(rows.map(([hash]) => String(hash)));
	}

	/** Hears that sessions may have ended. @returns what ends it. */
	listen(call: () => void): () => void {
		return this.#database.listen(CHANNEL, call);
	}
}

function recordOf([hash, userId, login, begun, idle]: readonly unknown[]): SharedSessionRecord {
	return {
		...{ hash: String(hash), userId: Number(userId), login: String(login) },
		// The database's clock may have been put back.
		begunSeconds: Math.max(0, Number(begun)),
		idleSeconds: Math.max(0, Number(idle)),
	};
}
