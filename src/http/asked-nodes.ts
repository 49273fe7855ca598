import type { Clock } from "../kit/mod.ts";

/** A node that answers. */
export interface AnsweringNode {
	readonly name: string;
	/** Such as `http://10.0.0.2:9992`. */
	readonly url: string;
}

export interface AskedNodesDeps {
	/** The one that answers; undefined: none, at the moment. */
	readonly owner: () => Promise<AnsweringNode | undefined>;
	readonly clock: Clock;
}

/** Another node answers by now. */
export class Moved extends Error {
	override readonly name = "Moved";
}

/** Requests and streams that wait for a node: no longer than it is the one that answers, though it froze or its machine died. */
export class AskedNodes {
	readonly #lookMs: number;
	readonly #deps: AskedNodesDeps;
	readonly #asked = new Map<AbortController, AnsweringNode>();
	#isWatching = false;

	/** @param lookMs How often it is looked. */
	constructor(lookMs: number, deps: AskedNodesDeps) {
		this.#lookMs = lookMs;
		this.#deps = deps;
	}

	/** A node is asked. @param abort Ends that, with {@link Moved}. */
	add(node: AnsweringNode, abort: AbortController): void {
		this.#asked.set(abort, node);
		this.#watch();
	}

	/** It has answered, or is waited for no more. */
	delete(abort: AbortController): void {
		this.#asked.delete(abort);
	}

	#watch(): void {
		if (this.#isWatching) return;
		this.#isWatching = true;
		this.#deps.clock.after(this.#lookMs, () => void this.#look());
	}

	/** Never rejects. */
	async #look(): Promise<void> {
		// While the database is away nothing moves.
		const node =
			this.#asked.size === 0 ? undefined : await this.#deps.owner().catch(() => undefined);
		for (const [abort, asked] of [...this.#asked]) {
			if (node !== undefined && node.url !== asked.url) abort.abort(new Moved());
		}
		this.#isWatching = false;
		if (this.#asked.size > 0) this.#watch();
	}
}
