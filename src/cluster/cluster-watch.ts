import type { ClusterRows, ClusterView } from "../contract/mod.ts";
import { type Clock, messageOf } from "../kit/mod.ts";
import type { SharedDatabase } from "../store/mod.ts";
import { clusterRows } from "./cluster-rows.ts";
import { readMembers } from "./members.ts";

/** What is older is read again when it is asked for. */
const FRESH_MS = 1000;
/** How long one that asks waits for the database; then it gets what was read before. */
const WAIT_MS = 1000;

export interface ClusterWatchDeps {
	readonly database: Pick<SharedDatabase, "ask">;
	readonly clock: Clock;
}

/** What a node knows of all nodes. It is read while someone asks for it, once a second at most however many do. */
export class ClusterWatch {
	readonly #node: string;
	readonly #deps: ClusterWatchDeps;
	#rows: ClusterRows | undefined;
	#readAt = Number.NEGATIVE_INFINITY;
	/** When the last attempt ended. */
	#triedAt = Number.NEGATIVE_INFINITY;
	#problem: string | null = null;
	#reading: Promise<void> | undefined;

	/** @param node The name of this one. */
	constructor(node: string, deps: ClusterWatchDeps) {
		this.#node = node;
		this.#deps = deps;
	}

	/** What was read last, which may have been read long ago; null: nothing yet. What comes next will be newer. */
	get latest(): ClusterView | null {
		void this.#refresh();
		if (this.#rows === undefined) return null;
		const ageMs = this.#deps.clock.now() - this.#readAt;
		const age_seconds = Math.round(ageMs / 100) / 10;
		return { ...this.#rows, node: this.#node, age_seconds, problem: this.#problem };
	}

	/** As of this moment, or {@link latest} where the database does not answer soon; never rejects. */
	async read(): Promise<ClusterView | null> {
		const { promise: late, resolve } = Promise.withResolvers<void>();
		const cancel = this.#deps.clock.after(WAIT_MS, resolve);
		await Promise.race([this.#refresh(), late]);
		cancel();
		return this.latest;
	}

	#refresh(): Promise<void> {
		if (this.#deps.clock.now() - this.#triedAt < FRESH_MS) return Promise.resolve();
		this.#reading ??= this.#read().finally(() => {
			this.#triedAt = this.#deps.clock.now();
			this.#reading = undefined;
		});
		return this.#reading;
	}

	async #read(): Promise<void> {
		try {
			this.#rows = clusterRows(await readMembers(this.#deps.database));
			this.#readAt = this.#deps.clock.now();
			this.#problem = null;
		} catch (error) {
			this.#problem = messageOf(error);
		}
	}
}
