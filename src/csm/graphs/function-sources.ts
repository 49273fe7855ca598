import { type FunctionUse, type GraphKey, graphName } from "../../contract/mod.ts";
import { digestOfSource, InputError, SourceError } from "../../kit/mod.ts";
import type { Answer, CsmRows, CsmStore } from "../store/csm-store.ts";
import type { UsedFunction } from "../store/function-uses.ts";
import type { FunctionRecord } from "../store/functions.ts";
import type { DataPathPort } from "./live-graph.ts";
import { SourceCache } from "./source-cache.ts";

export interface FunctionLimits {
	/** Largest source, bytes of UTF-8. */
	maxSourceBytes: number;
	/** Functions in the store. */
	maxFunctions: number;
}

/** A function made ready for one use, with the sources it is made of. */
export interface PreparedUse {
	readonly use: FunctionUse;
	/** null: no function. */
	readonly handle: number | null;
	readonly sources: readonly FunctionRecord[];
	/** Why it cannot be used; each message it gets fails with that. Null: it can. */
	readonly error: string | null;
}

/** A stored use made ready again. */
export interface RestoredUse extends Pick<PreparedUse, "handle" | "sources"> {
	readonly verdict: Promise<unknown>;
}

/** The graph whose request changes functions. */
interface Asker {
	/** `CLIENT/GRAPH` */
	readonly graph: string;
	/** What it is answered, to be stored with the change. */
	readonly answer: Answer | undefined;
}

const NO_USE = { handle: null, sources: [] } as const;
/** Most functions have a few hundred characters. */
const MAX_CACHED_CHARS = 8 << 20;

/** The server's one store of user functions, and the way from a digest to a running function. */
export class FunctionSources {
	readonly #limits: FunctionLimits;
	readonly #store: CsmStore;
	readonly #dataPath: Pick<DataPathPort, "prepare" | "discard">;
	readonly #cache = new SourceCache(MAX_CACHED_CHARS);
	#count = 0;

	constructor(
		limits: FunctionLimits,
		store: CsmStore,
		dataPath: Pick<DataPathPort, "prepare" | "discard">,
	) {
		this.#limits = limits;
		this.#store = store;
		this.#dataPath = dataPath;
	}

	/** How many sources are stored. */
	get count(): number {
		return this.#count;
	}

	/** Counts again, after sources were kept or forgotten; a database that cannot be read leaves the number as it is. */
	async recount(): Promise<void> {
		this.#count = await this.#store.rows.functions.count().catch(() => this.#count);
	}

	/** All stored functions without their sources. */
	list(): Promise<UsedFunction[]> {
		return this.#store.rows.functions.list();
	}

	/** Source of a stored function. */
	code(digest: string): Promise<string | undefined> {
		return this.#store.rows.functions.code(digest);
	}

	/** Source of a function that was used lately; it may have been removed since. */
	cached(digest: string): string | undefined {
		return this.#cache.get(digest)?.code;
	}

	/** @throws InputError when counts differ, a digest is another text's, or a source is too long. */
	async add(codes: readonly string[], digests: readonly string[], by: Asker): Promise<void> {
		if (codes.length !== digests.length) {
			throw new InputError("The numbers of codes and digests are not consistant");
		}
		const { maxSourceBytes, maxFunctions } = this.#limits;
		const records = codes.map((code, index): FunctionRecord => {
			const digest = digests[index] ?? "";
			const bytes = Buffer.byteLength(code, "utf8");
			if (bytes > maxSourceBytes) {
				throw new InputError(
					`function ${digest} is ${bytes} bytes long, at most ${maxSourceBytes} are accepted`,
				);
			}
			if (digestOfSource(code) !== digest) throw new InputError("function hash mismatched");
			return { digest, code };
		});
		await this.#write(by, digests, async ({ functions }) => {
			await functions.add(records, Date.now());
			await functions.sweep(await functions.evict(maxFunctions));
		});
		for (const record of records) this.#cache.put(record);
		await this.recount();
	}

	/** Unlists functions; running links and joins keep theirs. */
	async remove(digests: readonly string[], by: Asker): Promise<void> {
		await this.#write(by, digests, async ({ functions }) => {
			await functions.unlist(digests);
			await functions.sweep(digests);
		});
		await this.recount();
	}

	/** Whether `add_funcs` brought the function. */
	knows(digest: string): Promise<boolean> {
		return this.#store.rows.functions.isListed(digest);
	}

	/**
	 * Compiles a function for one use in a graph.
	 * @throws InputError when a source is not stored, or in Python's words when it does not compile or has no `run`.
	 */
	async prepare(graph: GraphKey, use: FunctionUse): Promise<PreparedUse> {
		const prepared = await this.prepareAnyway(graph, use);
		if (prepared.error === null) return prepared;
		this.discard(prepared);
		throw new InputError(prepared.error);
	}

	/**
	 * {@link prepare} that gives a function that cannot be used as well, with its error.
	 * @throws InputError when a source is not stored: it may have been removed since the request was checked.
	 */
	async prepareAnyway(graph: GraphKey, use: FunctionUse): Promise<PreparedUse> {
		if (use.digest === null) return { use, ...NO_USE, error: null };
		const { source, sources } = await this.#load(use.digest, use, () => {
			throw new InputError("Function unknown. Please add it first.");
		});
		const { handle, ready } = this.#dataPath.prepare(graphName(graph), source);
		let problem: string | null = null;
		try {
			await ready;
		} catch (error) {
			if (!(error instanceof SourceError)) {
				this.#dataPath.discard(handle);
				throw error;
			}
			problem = error.message;
		}
		return { use, handle, sources, error: problem };
	}

	/**
	 * {@link prepare} for a stored use: a function that cannot be used reports it on every message.
	 * @returns `verdict` resolves with null when it can be used, or with what was thrown.
	 */
	async restore(graph: GraphKey, use: FunctionUse): Promise<RestoredUse> {
		if (use.digest === null) return { ...NO_USE, verdict: Promise.resolve(null) };
		const { source, sources } = await this.#load(use.digest, use, () => "");
		const { handle, ready } = this.#dataPath.prepare(graphName(graph), source, true);
		const verdict = ready.then(
			() => null,
			(error: unknown) => error,
		);
		return { handle, sources, verdict };
	}

	/** Takes back a prepared function whose operation failed. */
	discard({ handle }: Pick<PreparedUse, "handle">): void {
		if (handle !== null) this.#dataPath.discard(handle);
	}

	#write(
		{ graph, answer }: Asker,
		shared: readonly string[],
		work: (rows: CsmRows) => Promise<void>,
	): Promise<void> {
		return this.#store.write(work, { shared }, [graph], answer);
	}

	/** @param orElse Gives the source of one that is not stored. */
	async #load(digest: string, { depends }: FunctionUse, orElse: () => string) {
		const main = await this.#record(digest, orElse);
		const helpers = await Promise.all(
			Object.entries(depends).map(async ([alias, helper]) => ({
				alias,
				record: await this.#record(helper, orElse),
			})),
		);
		return {
			source: {
				...main,
				helpers: helpers.map(({ alias, record }) => ({ alias, ...record })),
			},
			sources: [main, ...helpers.map(({ record }) => record)],
		};
	}

	async #record(digest: string, orElse: () => string): Promise<FunctionRecord> {
		const known = this.#cache.get(digest);
		if (known !== undefined) return known;
		const code = await this.#store.rows.functions.code(digest);
		if (code === undefined) return { digest, code: orElse() };
		const record = { digest, code };
		this.#cache.put(record);
		return record;
	}
}
