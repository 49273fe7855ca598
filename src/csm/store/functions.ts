import { and, asc, eq, inArray, max, type SQL, sql } from "drizzle-orm";
import { type Columns, type Db, forUpdate } from "../../store/mod.ts";
import { functionStatements } from "./function-statements.ts";
import { allUses, listWithUses, type UsedFunction } from "./function-uses.ts";
import type { CsmTables } from "./tables.ts";

/** A user function in the store: SHA-256 of its UTF-8 source in lowercase hex, and the source. */
export interface FunctionRecord {
	readonly digest: string;
	readonly code: string;
}

/** So many digests are named in one statement; SQLite takes a few ten thousand. */
const MAX_NAMED = 1000;

/** The functions table, one for the whole server (`csm.md §4.3`). Writing methods belong inside `CsmStore.write`. */
export class FunctionRows {
	readonly #db: Db;
	readonly #tables: CsmTables;
	readonly #functions: CsmTables["functions"];
	readonly #uses: SQL;
	readonly #prepared: ReturnType<typeof functionStatements>;
	readonly #isShared: boolean;
	#lastUse: number | undefined;

	/** @param isShared Whether nodes of a cluster change them at the same time. */
	constructor(db: Db, tables: CsmTables, columns: Columns, isShared: boolean) {
		this.#isShared = isShared;
		this.#db = db;
		this.#tables = tables;
		this.#functions = tables.functions;
		this.#uses = allUses(columns);
		this.#prepared = functionStatements(db, tables.functions);
	}

	/** How many sources are stored. */
	async count(): Promise<number> {
		const [found] = await this.#prepared.count().execute();
		return found?.n ?? 0;
	}

	/** All stored functions without their sources; `uses` counts links and joins, helpers included. */
	list(): Promise<UsedFunction[]> {
		return listWithUses(this.#db, this.#tables, this.#uses);
	}

	/** Lists functions; stored ones get a fresh time of use (`now`, Unix ms), and their source if it was another. */
	async add(records: readonly FunctionRecord[], now: number): Promise<void> {
		const usedAt = await this.#useAt(now);
		for (const { digest, code } of inOrder(records)) {
			await this.#prepared.add().execute({ digest, code, usedAt });
		}
	}

	/** Unlists functions; links and joins that use them keep them. */
	async unlist(digests: readonly string[]): Promise<void> {
		for (const some of inParts(digests)) {
			await this.#lock(some);
			await this.#db
				.update(this.#functions)
				.set({ listed: false })
				.where(inArray(this.#functions.digest, some));
		}
	}

	/** Unlists the least recently used functions until at most `keep` are listed. @returns their digests. */
	async evict(keep: number): Promise<string[]> {
		const { digest, listed, usedAt } = this.#functions;
		const [found] = await this.#prepared.countListed().execute();
		const surplus = (found?.n ?? 0) - keep;
		if (surplus <= 0) return [];
		const oldest = await this.#db
			.select({ digest })
			.from(this.#functions)
			.where(eq(listed, true))
			.orderBy(asc(usedAt), asc(digest))
			.limit(surplus);
		const digests = oldest.map((row) => row.digest);
		await this.unlist(digests);
		return digests;
	}

	/** Whether `add_funcs` offers a function. */
	async isListed(digest: string): Promise<boolean> {
		const [found] = await this.#prepared.isListed().execute({ digest });
		return found?.listed === true;
	}

	/** Source of any stored function, listed or only kept by a link or join. */
	async code(digest: string): Promise<string | undefined> {
		const [found] = await this.#db
			.select({ code: this.#functions.code })
			.from(this.#functions)
			.where(eq(this.#functions.digest, digest))
			.limit(1);
		return found?.code;
	}

	/** Keeps the sources of a link or join, listed or not, and notes the use (`now`, Unix ms) against eviction. */
	async keep(records: readonly FunctionRecord[], now: number): Promise<void> {
		const usedAt = await this.#useAt(now);
		for (const { digest, code } of inOrder(records)) {
			await this.#prepared.keep().execute({ digest, code, usedAt });
		}
	}

	/**
	 * Forgets unlisted functions that no link and no join refers to.
	 * @param digests Those that may have become so; without them all are looked at.
	 */
	async sweep(digests?: readonly string[]): Promise<void> {
		const { digest, listed } = this.#functions;
		const unused = and(eq(listed, false), sql`${digest} NOT IN (${this.#uses})`);
		if (digests === undefined) {
			await this.#db.delete(this.#functions).where(unused);
			return;
		}
		for (const some of inParts([...new Set(digests)])) {
			await this.#lock(some);
			await this.#db.delete(this.#functions).where(and(inArray(digest, some), unused));
		}
	}

	/** By a statement of its own: the next one sees what another node, which had them locked, has begun to use. */
	async #lock(digests: readonly string[]): Promise<void> {
		if (!this.#isShared) return;
		const { digest } = this.#functions;
		const found = this.#db.select({ digest }).from(this.#functions);
		await forUpdate(found.where(inArray(digest, digests)).orderBy(asc(digest)));
	}

	/** A time of use after all others: the machine's clock may be behind, or have been ahead. */
	async #useAt(now: number): Promise<number> {
		if (this.#lastUse === undefined) {
			const latest = max(this.#functions.usedAt);
			const [found] = await this.#db.select({ latest }).from(this.#functions);
			this.#lastUse = found?.latest ?? 0;
		}
		this.#lastUse = Math.max(now, this.#lastUse + 1);
		return this.#lastUse;
	}
}

/** One order for all: of two nodes that lock some, one waits for the other, and not each for both. */
function inOrder(records: readonly FunctionRecord[]): FunctionRecord[] {
	return records.toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
}

function inParts(digests: readonly string[]): string[][] {
	return Array.from({ length: Math.ceil(digests.length / MAX_NAMED) }, (_, part) =>
		digests.slice(part * MAX_NAMED, (part + 1) * MAX_NAMED),
	);
}
