import { type Logger, messageOf } from "../../kit/mod.ts";
import type { CsmStore } from "../store/csm-store.ts";
import type { StoredPresence } from "./expiry.ts";

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

	async #saveSlice(changes: readonly (readonly [string, StoredPresence])[]): Promise<void> {
		const { store } = this.#deps;
		const presenceAt = store.databaseTime;
		await store.write(
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
