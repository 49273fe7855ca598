import type { PageClock } from "../app-context.ts";

/** The browser's clock. */
export const browserClock: PageClock = {
	now: () => Date.now(),
	monotonic: () => performance.now(),
	after: (ms, run) => {
		const timer = setTimeout(run, ms);
		return () => clearTimeout(timer);
	},
};
