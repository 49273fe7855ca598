import { type Cancel, type Clock, type Logger, messageOf, systemClock } from "../kit/mod.ts";
import type { AccountChange } from "./accounts.ts";

const LOOK_EVERY_MS = 1000;

export interface AccountWatchDeps {
	/** `Accounts` implements it. */
	readonly accounts: {
		refresh(): Promise<void>;
		follow(listener: (changes: readonly AccountChange[]) => void): void;
	};
	/** Called when accounts may have changed. */
	readonly onChange: () => void;
	readonly log: Logger;
	readonly clock?: Clock;
}

/** Notices that the command line has changed accounts while the server runs, and logs what. */
export class AccountWatch {
	readonly #deps: AccountWatchDeps;
	readonly #clock: Clock;
	#cancel: Cancel | undefined;
	/** Why the last look failed. */
	#trouble: string | undefined;

	constructor(deps: AccountWatchDeps) {
		this.#deps = deps;
		this.#clock = deps.clock ?? systemClock;
		// A login may notice a change first.
		deps.accounts.follow((changes) => {
			for (const { what, account } of changes) deps.log.audit(what, { account });
			deps.onChange();
		});
	}

	start(): void {
		this.#cancel = this.#clock.after(LOOK_EVERY_MS, () => {
			this.start();
			void this.#look();
		});
	}

	stop(): void {
		this.#cancel?.();
	}

	/** A database that cannot be read is logged once; the accounts known stay as they are. */
	async #look(): Promise<void> {
		try {
			await this.#deps.accounts.refresh();
			this.#trouble = undefined;
		} catch (error) {
			const reason = messageOf(error);
			if (reason !== this.#trouble)
				this.#deps.log.error("cannot look for changed accounts", { reason });
			this.#trouble = reason;
		}
	}
}
