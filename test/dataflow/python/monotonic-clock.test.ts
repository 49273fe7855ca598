import { expect, test } from "bun:test";
import { monotonicClock } from "../../../src/dataflow/python/monotonic-clock.ts";

const MONOTONIC = 1;
const AT = 16;

test("nanoseconds of the monotonic clock are written to memory, also to one that has grown", () => {
	const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
	const clock = monotonicClock(
		() => expect.unreachable(),
		() => memory,
	);
	const read = () => {
		expect(clock(MONOTONIC, 1n, AT)).toBe(0);
		return Number(new BigUint64Array(memory.buffer, AT, 1)[0]) / 1e6;
	};
	const before = performance.now();
	const first = read();
	memory.grow(1);
	const second = read();
	expect(first).toBeGreaterThanOrEqual(before - 0.001);
	expect(second).toBeGreaterThanOrEqual(first);
	expect(second).toBeLessThanOrEqual(performance.now() + 0.001);
});

test("a time beyond 32 bits of nanoseconds is whole", () => {
	const memory = new WebAssembly.Memory({ initial: 1 });
	const host = () => expect.unreachable();
	const clock = monotonicClock(
		host,
		() => memory,
		() => 123_456_789.25,
	);
	expect(clock(MONOTONIC, 1n, AT)).toBe(0);
	expect(new BigUint64Array(memory.buffer, AT, 1)[0]).toBe(123_456_789_250_000n);
});

test("other clocks, and a call before there is memory, go to the one that comes with pyodide", () => {
	const asked: unknown[] = [];
	const host = (...values: unknown[]) => asked.push(values);
	const memory = new WebAssembly.Memory({ initial: 1 });
	monotonicClock(host, () => memory)(0, 1n, AT);
	monotonicClock(host, () => undefined)(MONOTONIC, 1n, AT);
	expect(asked).toEqual([
		[0, 1n, AT],
		[MONOTONIC, 1n, AT],
	]);
});
