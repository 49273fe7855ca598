/** Takes back what was planned. */
export type Cancel = () => void;

/** Time for what waits and measures; passed in, so that tests decide how it goes by. */
export interface Clock {
	/** Milliseconds of a monotonic clock. */
	now(): number;
	/** Calls once after so many milliseconds, unless that is cancelled first. */
	after(ms: number, call: () => void): Cancel;
}

/** Resolves after so many milliseconds. */
export function pause(clock: Pick<Clock, "after">, ms: number): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	clock.after(ms, resolve);
	return promise;
}

/** The machine's own. */
export const systemClock: Clock = {
	now: () => performance.now(),
	after: (ms, call) => {
		const timer = setTimeout(call, ms);
		return () => clearTimeout(timer);
	},
};
