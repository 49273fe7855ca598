import { type Cancel, type Clock, type Logger, messageOf, systemClock } from "../kit/mod.ts";
import type { TokenRecord, UserRecord } from "../store/mod.ts";

const LOOK_EVERY_MS = 1000;

export interface AccountWatchDeps {
	readonly store: {
		changedOutside(): boolean;
		readonly accounts: { users(): UserRecord[]; tokens(): TokenRecord[] };
	};
	/** Called when accounts may have changed. */
	readonly onChange: () => void;
	readonly log: Logger;
	readonly clock?: Clock;
}

/** Notices that the command line has changed accounts while the server runs, and logs what. */
export class AccountWatch {
	readonly #deps: AccountWatchDeps;
	#known = new Map<string, string>();
	readonly #clock: Clock;
	#cancel: Cancel | undefined;
	/** Why the last look failed. */
	#trouble: string | undefined;

	constructor(deps: AccountWatchDeps) {
		this.#deps = deps;
		this.#clock = deps.clock ?? systemClock;
	}

	start(): void {
		this.#deps.store.changedOutside();
		this.#known = this.#accounts();
		this.#lookLater();
	}

	stop(): void {
		this.#cancel?.();
	}

	#lookLater(): void {
		this.#cancel = this.#clock.after(LOOK_EVERY_MS, () => {
			this.#lookLater();
			this.#tick();
		});
	}

	/** A database that cannot be read is logged once; the accounts known stay as they are. */
	#tick(): void {
		try {
			if (this.#deps.store.changedOutside()) this.#look();
			this.#trouble = undefined;
		} catch (error) {
			const reason = messageOf(error);
			if (reason !== this.#trouble)
				this.#deps.log.error("cannot look for changed accounts", { reason });
			this.#trouble = reason;
		}
	}

	#look(): void {
		const before = this.#known;
		this.#known = this.#accounts();
		for (const [account, hash] of this.#known) {
			const former = before.get(account);
			if (former === hash) continue;
			this.#deps.log.audit(former === undefined ? "account added" : "password changed", {
				account,
			});
		}
		for (const account of before.keys()) {
			if (!this.#known.has(account)) this.#deps.log.audit("account removed", { account });
		}
		this.#deps.onChange();
	}

	/** Hashes by kind and name. */
	#accounts(): Map<string, string> {
		const { accounts } = this.#deps.store;
		return new Map([
			...accounts.users().map(({ name, hash }) => [`user ${name}`, hash] as const),
			...accounts.tokens().map(({ name, hash }) => [`token ${name}`, hash] as const),
		]);
	}
}
