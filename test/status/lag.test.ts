import { expect, test } from "bun:test";
import { Lag } from "../../src/status/lag.ts";
import { ManualClock } from "../support/manual-clock.ts";

test("the lag is how late the last timer was, and timers end with it", () => {
	const clock = new ManualClock();
	const lag = new Lag(clock);
	lag.start();
	expect(lag.seconds).toBe(0);
	clock.move(500);
	expect(lag.seconds).toBe(0);
	// Something keeps the loop busy for three seconds.
	clock.skip(3000);
	clock.move(0);
	expect(lag.seconds).toBe(2.5);
	clock.move(500);
	expect(lag.seconds).toBe(0);
	lag.stop();
	expect(clock.planned).toBe(0);
});
