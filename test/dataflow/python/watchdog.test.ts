import { afterEach, describe, expect, spyOn, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Watchdog } from "../../../src/dataflow/python/watchdog.ts";
import { DEADLINE_MS } from "../../support/waiting.ts";

/** Stops the program's own thread, as Python does, until it is interrupted; gives how long that took. */
function stuck({ interrupt }: Watchdog, meanwhile: () => void = () => {}): number {
	const begun = performance.now();
	while (Atomics.load(interrupt, 0) === 0 && performance.now() - begun < DEADLINE_MS) meanwhile();
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

	test("does not mind what becomes of the machine's date", async () => {
		watchdog = new Watchdog(60);
		await watchdog.start();
		const own = watchdog;
		const date = spyOn(Date, "now");
		try {
			// A clock that is an hour ahead when the call begins, and right afterwards.
			date.mockImplementation(() => performance.timeOrigin + performance.now() + 3600_000);
			expect(own.watch(() => stuck(own))).toBeLessThan(DEADLINE_MS);
		} finally {
			date.mockRestore();
		}
	});

	test("what a call waits for a processor does not count, up to three times the limit", async () => {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-watchdog-"));
		const path = join(folder, "schedstat");
		writeFileSync(path, "");
		const file = openSync(path, "r+");
		// What was waited before the call is nothing to it. Written in place, so that it is never empty.
		const waited = (ms: number) => writeSync(file, `0 ${(3600_000 + Math.round(ms)) * 1e6} 1\n`, 0);
		waited(0);
		watchdog = new Watchdog(60, path);
		await watchdog.start();
		const own = watchdog;
		expect(own.watch(() => stuck(own))).toBeLessThan(DEADLINE_MS);
		// Beside busy cores this thread itself may stand still in between, and then has not waited as it says.
		const begun = performance.now();
		let said = 0;
		const wait = () => {
			said += 1000;
			waited(said);
		};
		let took = 0;
		while (took <= 175 && performance.now() - begun < DEADLINE_MS) {
			took = own.watch(() => stuck(own, wait));
		}
		expect(took).toBeGreaterThan(175);
		expect(took).toBeLessThan(DEADLINE_MS);
		closeSync(file);
		rmSync(folder, { recursive: true });
	});
});
