import { type ReservedSQL, SQL } from "bun";
import { Semaphore } from "../../kit/mod.ts";
import type { PostgresAddress } from "./address.ts";
import { isLost, SilentError } from "./failures.ts";

/** How long the database may take to let us in, and to answer. */
const CONNECT_MS = 5000;
const ANSWER_MS = 10_000;

/** U+0000 cannot be stored as text, but names and sources may have it; what stands for it is doubled. */
const ESCAPE = "\u0001";
const NUL = "\u0000";
const STANDS_FOR_NUL = `${ESCAPE}0`;

export type Row = unknown[];
/** Asks the database. @returns rows as arrays, in the order of the columns. */
export type Ask = (text: string, params?: readonly unknown[]) => Promise<Row[]>;

/**
 * One connection to the database, for transactions: when it is lost each later call fails, where the driver's pool would
 * silently go on over another one, outside the transaction.
 */
export class Connection {
	readonly #sql: SQL;
	readonly #reserved: ReservedSQL;
	readonly #ask: Ask;
	#isOpen = true;

	private constructor(sql: SQL, reserved: ReservedSQL) {
		this.#sql = sql;
		this.#reserved = reserved;
		this.#ask = oneAfterAnother(reserved);
	}

	/** @throws the driver's error, or SilentError. */
	static async open(address: PostgresAddress): Promise<Connection> {
		const sql = client(address, 1);
		try {
			return new Connection(sql, await within(sql.reserve(), CONNECT_MS));
		} catch (error) {
			closeClient(sql);
			throw error;
		}
	}

	get isOpen(): boolean {
		return this.#isOpen;
	}

	/** @throws the driver's error, or SilentError; then the connection is closed. */
	readonly ask: Ask = (text, params = []) => this.#closedIfSilent(this.#ask(text, params));

	/** As {@link ask}, with rows as objects; of several statements none is run. */
	readonly objects = async (text: string): Promise<Record<string, unknown>[]> => {
		// As `unsafe`, without values, it would be a script: a COMMIT in it would end the transaction it is asked in.
		const one = Object.defineProperty([text], "raw", { value: [text] });
		const asked = this.#reserved<Record<string, unknown>[]>(one as unknown as TemplateStringsArray);
		return [...(await this.#closedIfSilent(within(asked, ANSWER_MS)))];
	};

	/** Runs statements without parameters. @param ms How long they may take. */
	async run(script: string, ms: number): Promise<void> {
		await within(this.#reserved.unsafe(script).simple(), ms);
	}

	async #closedIfSilent<T>(answer: Promise<T>): Promise<T> {
		try {
			return await answer;
		} catch (error) {
			if (error instanceof SilentError) this.close();
			throw error;
		}
	}

	/** The database undoes what was not committed. */
	close(): void {
		if (!this.#isOpen) return;
		this.#isOpen = false;
		closeClient(this.#sql);
	}
}

/** Some connections, each used for one question or one transaction at a time. */
export class Pool {
	readonly #address: PostgresAddress;
	readonly #size: number;
	readonly #answerMs: number;
	readonly #places: Semaphore;
	#sql: SQL | undefined;

	/** @param answerMs How long the database may take to let us in, and to answer a question. */
	constructor(address: PostgresAddress, size: number, answerMs = ANSWER_MS) {
		this.#address = address;
		this.#size = size;
		this.#answerMs = answerMs;
		this.#places = new Semaphore(size);
	}

	/** @throws the driver's error, or SilentError. */
	readonly ask: Ask = (text, params = []) =>
		this.#turn((sql) => rowsOf(sql, text, params, this.#answerMs));

	/** Does something with a connection that no one else has meanwhile; it is given back without a transaction. */
	with<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
		return this.#turn(async (sql) => {
			const reserved = await within(sql.reserve(), CONNECT_MS);
			const ask = oneAfterAnother(reserved);
			try {
				return await work(ask);
			} finally {
				await ask("ROLLBACK").catch(() => {});
				reserved.release();
			}
		});
	}

	/** No more at a time than there are connections: the driver would send the rest ahead on busy ones. */
	#turn<T>(work: (sql: SQL) => Promise<T>): Promise<T> {
		return this.#places.run(async () => {
			const sql = this.#client();
			try {
				return await work(sql);
			} catch (error) {
				// Of others that are idle it is not known whether they were lost as well.
				if (isLost(error)) this.#drop(sql, !(error instanceof SilentError));
				throw error;
			}
		});
	}

	close(): void {
		if (this.#sql !== undefined) this.#drop(this.#sql, false);
	}

	#client(): SQL {
		this.#sql ??= client(this.#address, this.#size);
		return this.#sql;
	}

	/** The next question has a new client. @param mayEnd Whether those that are being asked get their answers. */
	#drop(sql: SQL, mayEnd: boolean): void {
		if (this.#sql === sql) this.#sql = undefined;
		closeClient(sql, mayEnd ? ANSWER_MS : 0);
	}
}

/** The driver's client; it connects when it is first used. @param onClose Told of each connection that has ended. */
export function client(
	address: PostgresAddress,
	max: number,
	onClose: (error: unknown) => void = () => {},
): SQL {
	const { host, port, user, database, password, sslMode } = address;
	// Without a URL the driver takes one from the environment (`DATABASE_URL`).
	const name = host.includes(":") ? `[${host}]` : host;
	return new SQL({
		adapter: "postgres",
		url: `postgres://${name}:${port}/?sslmode=${sslMode}`,
		...{ username: user, database, password, max, tls: tlsOf(address) },
		onclose: onClose,
		connectionTimeout: CONNECT_MS / 1000,
		// Of no use to a pooler that gives each transaction another connection, as pgbouncer does.
		prepare: false,
	});
}

/** Closes it. @param ms What it is doing may take so long. */
export function closeClient(sql: SQL, ms = 0): void {
	sql.close({ timeout: ms / 1000 }).catch(() => {});
}

/** Only where the certificate is checked: options would raise the mode. */
function tlsOf({ sslMode, authority, host }: PostgresAddress): SQL.TLSOptions | undefined {
	if (sslMode !== "verify-ca" && sslMode !== "verify-full") return undefined;
	return {
		...(authority !== undefined && { ca: authority }),
		...(sslMode === "verify-ca" && { checkServerIdentity: () => undefined }),
		rejectUnauthorized: true,
		serverName: host,
	};
}

/** Asks over one connection: what is sent ahead of an answer that is an error may never be answered. */
function oneAfterAnother(reserved: ReservedSQL): Ask {
	let last: Promise<unknown> = Promise.resolve();
	return (text, params = []) => {
		const answer = last.then(() => rowsOf(reserved, text, params));
		last = answer.catch(() => {});
		return answer;
	};
}

async function rowsOf(
	sql: SQL | ReservedSQL,
	text: string,
	params: readonly unknown[],
	answerMs = ANSWER_MS,
): Promise<Row[]> {
	const asked: Promise<Row[]> = sql.unsafe(text, params.map(escaped)).values();
	const rows = await within(asked, answerMs);
	return rows.map((row) => row.map(unescaped));
}

/** @throws SilentError when it takes longer; what comes of it later is nobody's. */
async function within<T>(promise: PromiseLike<T>, ms: number): Promise<T> {
	const { promise: late, reject } = Promise.withResolvers<never>();
	const timer = setTimeout(() => reject(new SilentError("no answer")), ms);
	const asked = Promise.resolve(promise);
	asked.catch(() => {});
	try {
		return await Promise.race([asked, late]);
	} finally {
		clearTimeout(timer);
	}
}

function escaped(value: unknown): unknown {
	if (typeof value !== "string" || !(value.includes(NUL) || value.includes(ESCAPE))) return value;
	return value.replaceAll(ESCAPE, ESCAPE + ESCAPE).replaceAll(NUL, STANDS_FOR_NUL);
}

function unescaped(value: unknown): unknown {
	if (typeof value !== "string" || !value.includes(ESCAPE)) return value;
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
	return value.replaceAll(/\u0001([\u00010])/g, (_, kind) => (kind === "0" ? NUL : ESCAPE));
}
