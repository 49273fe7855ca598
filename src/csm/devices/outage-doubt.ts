import type { Cancel, Clock } from "../../kit/mod.ts";
import type { ConnectionSource } from "../../mqtt/mod.ts";

export interface OutageDoubtOptions {
	/** Time devices get to say they are online after an outage of the broker. */
	readonly confirmSeconds: number;
}

export interface OutageDoubtDeps {
	readonly broker: Pick<ConnectionSource, "reachedByOthers">;
	/** It is over. @param wasThere Whether the broker was there, and only this server without it. */
	readonly ended: (wasThere: boolean) => void;
	readonly clock: Clock;
}

/** By then each node of a cluster has noticed that the broker was away, and told the others. */
const LOOK_SECONDS = 60;
/** By so much later than another node one may notice that the broker is gone: two pings, and what their answers take. */
const NOTICE_MS = 15_000;

/**
 * Whether devices are there that counted as online before this server lost the broker. If that was away, their wills may be
 * lost, and those that are there come back to it. If other nodes of a cluster had it all the while, only this server was cut
 * off: devices have no reason to say anything, and what they said was kept for it.
 */
export class OutageDoubt {
	readonly #options: OutageDoubtOptions;
	readonly #deps: OutageDoubtDeps;
	/** Since when, monotonic; of several outages in a row, the first one. */
	#lostAt = Number.POSITIVE_INFINITY;
	#cancels: Cancel[] = [];

	constructor(options: OutageDoubtOptions, deps: OutageDoubtDeps) {
		this.#options = options;
		this.#deps = deps;
	}

	/** The broker is reached again. @param lostMs For how long it was not, milliseconds. */
	begin(lostMs: number): void {
		const { clock } = this.#deps;
		this.#stopClocks();
		this.#lostAt = Math.min(this.#lostAt, clock.now() - lostMs);
		this.#cancels = [
			clock.after(LOOK_SECONDS * 1000, () => {
				if (this.#wasThere) this.#end(true);
			}),
			clock.after(this.#options.confirmSeconds * 1000, () => this.#end(this.#wasThere)),
		];
	}

	/** It does not matter any more. */
	cancel(): void {
		this.#stopClocks();
		this.#lostAt = Number.POSITIVE_INFINITY;
	}

	get #wasThere(): boolean {
		const { broker, clock } = this.#deps;
		return broker.reachedByOthers?.(clock.now() - this.#lostAt + NOTICE_MS) === true;
	}

	#end(wasThere: boolean): void {
		this.cancel();
		this.#deps.ended(wasThere);
	}

	#stopClocks(): void {
		for (const cancel of this.#cancels.splice(0)) cancel();
	}
}
