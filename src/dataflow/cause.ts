import type { Qos } from "../mqtt/mod.ts";

/** What is known of a message beside its text, as long as results come of it. */
export interface Cause {
	/** As it was published. */
	readonly qos: Qos;
	/** To be called once: its results have been handed over, or there will be none. Undefined: no one waits for that. */
	readonly done?: () => void;
	/** It is not to be dropped for a newer one: see `BrokerMessage.isKept`. */
	readonly isKept?: boolean;
}

/** Messages that no one waits for, by QoS. */
const PLAIN: readonly [Cause, Cause, Cause] = [{ qos: 0 }, { qos: 1 }, { qos: 2 }];

/**
 * The cause that a message is for its results.
 * @param readers Inputs it is for, each of which is to call `done`.
 */
export function causeOf({ qos, done, isKept = false }: Cause, readers: number): Cause {
	if (done === undefined) return PLAIN[qos];
	if (readers === 1) return { qos, done, isKept };
	if (readers === 0) done();
	let left = readers;
	return {
		qos,
		isKept,
		done: () => {
			left -= 1;
			if (left === 0) done();
		},
	};
}
