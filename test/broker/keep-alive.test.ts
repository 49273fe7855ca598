import { describe, expect, test } from "bun:test";
import { KeepAlive } from "../../src/broker/keep-alive.ts";
import { ManualClock } from "../support/manual-clock.ts";

function build(seconds: number) {
	const clock = new ManualClock();
	const state = { silent: 0 };
	const keepAlive = new KeepAlive(() => {
		state.silent += 1;
	}, clock);
	keepAlive.start(seconds);
	return { clock, keepAlive, state };
}

describe("keep alive", () => {
	test("ends a client that is silent for one and a half times as long, once", () => {
		const { clock, keepAlive, state } = build(10);
		clock.move(10_000);
		keepAlive.heard();
		clock.move(14_999);
		expect(state.silent).toBe(0);
		clock.move(1);
		expect(state.silent).toBe(1);
		clock.move(1_000_000);
		expect([state.silent, clock.planned]).toEqual([1, 0]);
	});

	test("does not end one that is heard in time, again and again, and plans one call for all of it", () => {
		const { clock, keepAlive, state } = build(10);
		for (let n = 0; n < 100; n++) {
			clock.move(1000 * (n % 15));
			keepAlive.heard();
			expect(clock.planned).toBe(1);
		}
		expect(state.silent).toBe(0);
	});

	test("of 0 never ends, nor does one that was stopped", () => {
		const [none, stopped] = [build(0), build(10)];
		stopped.keepAlive.stop();
		for (const { clock, state } of [none, stopped]) {
			expect(clock.planned).toBe(0);
			clock.move(1e9);
			expect(state.silent).toBe(0);
		}
	});
});
