import { signal } from "@preact/signals";
import type { Draft, Drafts } from "./drafts.ts";

/** A pause in typing after which the draft is kept. */
const KEEP_MS = 300;

export interface DraftKeeperOptions {
	readonly drafts: Drafts;
	key(): string;
	after(ms: number, run: () => void): () => void;
	/** The draft as it is now; undefined: there is nothing to keep. */
	draft(): Draft | undefined;
}

/** Keeps one draft in this browser while it is typed. */
export class DraftKeeper {
	readonly #options: DraftKeeperOptions;
	#cancel: (() => void) | undefined;
	/** Whether it will be there after a reload. */
	readonly isKept = signal(true);

	constructor(options: DraftKeeperOptions) {
		this.#options = options;
	}

	get found(): Draft | undefined {
		return this.#options.drafts.of(this.#options.key());
	}

	keepSoon(): void {
		this.#cancel?.();
		this.#cancel = this.#options.after(KEEP_MS, () => {
			this.#cancel = undefined;
			this.#keep();
		});
	}

	/** Keeps at once what waits, for when the page ends. */
	flush(): void {
		if (this.#cancel === undefined) return;
		this.#forgetTimer();
		this.#keep();
	}

	drop(): void {
		this.#forgetTimer();
		this.#options.drafts.drop(this.#options.key());
		this.isKept.value = true;
	}

	#forgetTimer(): void {
		this.#cancel?.();
		this.#cancel = undefined;
	}

	#keep(): void {
		const { drafts, key, draft } = this.#options;
		const now = draft();
		if (now === undefined) this.drop();
		else this.isKept.value = drafts.keep(key(), now);
	}
}
