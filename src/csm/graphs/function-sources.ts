import type { FunctionUse } from "../../contract/mod.ts";
import { digestOfSource, InputError, SourceError } from "../../kit/mod.ts";
import type { FunctionRecord, Store } from "../../store/mod.ts";
import type { DataPathPort } from "./live-graph.ts";

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

/** The server's one store of user functions, and the way from a digest to a running function. */
export class FunctionSources {
	readonly #limits: FunctionLimits;
	readonly #store: Store;
	readonly #dataPath: DataPathPort;

	constructor(limits: FunctionLimits, store: Store, dataPath: DataPathPort) {
		this.#limits = limits;
		this.#store = store;
		this.#dataPath = dataPath;
	}

	/** @throws InputError when counts differ, a digest is another text's, or a source is too long. */
	async add(codes: readonly string[], digests: readonly string[]): Promise<void> {
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
		await this.#store.write(({ functions }) => {
			functions.add(records, Date.now());
			functions.evict(maxFunctions);
			functions.sweep();
		});
	}

	/** Unlists functions; running links and joins keep theirs. */
	async remove(digests: readonly string[]): Promise<void> {
		await this.#store.write(({ functions }) => {
			functions.unlist(digests);
			functions.sweep();
		});
	}

	/** Whether `add_funcs` brought the function. */
	knows(digest: string): boolean {
		return this.#store.functions.listedCode(digest) !== undefined;
	}

	/**
	 * Compiles a function for one use; its digests must be known.
	 * @throws InputError in Python's words when it does not compile or has no `run`.
	 */
	async prepare(use: FunctionUse): Promise<PreparedUse> {
		const prepared = await this.prepareAnyway(use);
		if (prepared.error === null) return prepared;
		this.discard(prepared);
		throw new InputError(prepared.error);
	}

	/** {@link prepare} that gives a function that cannot be used as well, with its error. */
	async prepareAnyway(use: FunctionUse): Promise<PreparedUse> {
		if (use.digest === null) return { use, handle: null, sources: [], error: null };
		const { handle, ready } = this.#dataPath.prepare(this.#source(use.digest, use));
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
		const digests = [use.digest, ...Object.values(use.depends)];
		const sources = digests.map((digest) => ({ digest, code: this.#code(digest) }));
		return { use, handle, sources, error: problem };
	}

	/**
	 * {@link prepare} for a stored use: a function that cannot be used reports it on every message.
	 * @param onVerdict Told whether it can be used: null, or what was thrown.
	 */
	restore(use: FunctionUse, onVerdict: (error: unknown, handle: number) => void): number | null {
		if (use.digest === null) return null;
		const { handle, ready } = this.#dataPath.prepare(this.#source(use.digest, use), true);
		ready.then(
			() => onVerdict(null, handle),
			(error) => onVerdict(error, handle),
		);
		return handle;
	}

	/** Takes back a prepared function whose operation failed. */
	discard({ handle }: PreparedUse): void {
		if (handle !== null) this.#dataPath.discard(handle);
	}

	#source(digest: string, use: FunctionUse) {
		const helpers = Object.entries(use.depends).map(([alias, helper]) => ({
			alias,
			digest: helper,
			code: this.#code(helper),
		}));
		return { digest, code: this.#code(digest), helpers };
	}

	#code(digest: string): string {
		return this.#store.functions.code(digest) ?? "";
	}
}
