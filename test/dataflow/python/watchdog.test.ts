import { afterEach, describe, expect, test } from "bun:test";
import { Watchdog } from "../../../src/dataflow/python/watchdog.ts";
import { DEADLINE_MS } from "../../support/waiting.ts";

/** Stops the program's own thread, as Python does, until it is interrupted; gives how long that took. */
function stuck({ interrupt }: Watchdog): number {
	const begun = performance.now();
	while (Atomics.load(interrupt, 0) === 0 && performance.now() - begun < DEADLINE_MS) {}
	return performance.now() - begun;
}

describe("watchdog", () => {
	let watchdog: Watchdog | undefined;
	afterEach(() => {
		watchdog = undefined;
	});

	test("interrupts a call that takes too long, again and again, and takes that back at its end", async () => {
		watchdog = new Watchdog(50);
		await watchdog.start();
		const own = watchdog;
		const took = own.watch(() => {
			const first = stuck(own);
			Atomics.store(own.interrupt, 0, 0);
			stuck(own);
			return first;
		});
		// The deadline is on another clock.
		expect(took).toBeGreaterThan(45);
		expect(took).toBeLessThan(DEADLINE_MS);
		expect(Atomics.load(own.interrupt, 0)).toBe(0);
	});

	test("gives what the call gives, and what it throws", async () => {
		watchdog = new Watchdog(DEADLINE_MS);
		await watchdog.start();
		expect(watchdog.watch(() => 5)).toBe(5);
		const failing = () => {
			throw new RangeError("its own");
		};
		expect(() => watchdog?.watch(failing)).toThrow("its own");
	});

	test("counts each call by itself, also after a rest in which it sleeps", async () => {
		watchdog = new Watchdog(60);
		await watchdog.start();
		const own = watchdog;
		for (let n = 0; n < 5; n++) own.watch(() => {});
		await Bun.sleep(50);
		expect(own.watch(() => stuck(own))).toBeLessThan(DEADLINE_MS);
	});
});
