/** Measures time, in milliseconds; it never goes back. */
export interface PhoneClock {
	now(): number;
	/** Calls once after some time. @returns what cancels it. */
	after(ms: number, run: () => void): () => void;
}

/** The browser's clock. */
export const browserClock: PhoneClock = {
	now: () => performance.now(),
	after: (ms, run) => {
		const timer = setTimeout(run, ms);
		return () => clearTimeout(timer);
	},
};
