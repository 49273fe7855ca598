import { ElsewhereError, type Logger, messageOf } from "../../kit/mod.ts";
import type { CsmStore } from "../store/csm-store.ts";
import type { StoredPresence } from "./expiry.ts";

type Changes = readonly (readonly [id: string, presence: StoredPresence])[];

/** A classroom is one job, ten thousand devices after an outage are many. */
const CHANGES_PER_JOB = 200;

/** Stores which devices are there. */
export class PresenceSaver {
	readonly #deps: { readonly store: CsmStore; readonly log: Logger };
	#isDiskFailing = false;

	constructor(deps: { readonly store: CsmStore; readonly log: Logger }) {
		this.#deps = deps;
	}

	/** @returns whether all of it was stored. */
	async save(changes: ReadonlyMap<string, StoredPresence>): Promise<boolean> {
		try {
			await Promise.all([...slices(changes)].map((slice) => this.#saveSlice(slice)));
			this.#isDiskFailing = false;
			return true;
		} catch (error) {
			// It is tried again and again: once is enough to say so.
			const level = this.#isDiskFailing ? "debug" : "error";
			this.#isDiskFailing = true;
			this.#deps.log[level]("cannot store presence", { reason: messageOf(error) });
			return false;
		}
	}

	/** @param presenceAt As of when they are. */
	async #saveSlice(
		changes: Changes,
		presenceAt: number | undefined = this.#deps.store.databaseTime,
	): Promise<void> {
		try {
			await this.#write(changes, presenceAt);
		} catch (error) {
			if (!(error instanceof ElsewhereError)) throw error;
			// Some are another node's by now, which says for itself how they are: the rest must not wait for them.
			if (changes.length <= 1) return;
			const half = Math.ceil(changes.length / 2);
			await Promise.all([
				this.#saveSlice(changes.slice(0, half), presenceAt),
				this.#saveSlice(changes.slice(half), presenceAt),
			]);
		}
	}

	async #write(changes: Changes, presenceAt: number | undefined): Promise<void> {
		await this.#deps.store.write(
			async ({ devices }) => {
				for (const [id, presence] of changes) {
					await devices.setPresence(id, { ...presence, presenceAt });
				}
			},
			{},
			changes.map(([id]) => id),
		);
	}
}

/** Data flows on between two jobs. */
function* slices<T>(all: Iterable<T>): Generator<T[]> {
	const rest = [...all];
	while (rest.length > 0) yield rest.splice(0, CHANGES_PER_JOB);
}
