import { expect, test } from "bun:test";
import { PollPause } from "../../../src/dataflow/python/poll-pause.ts";

const MS = 1e6;

test("steps of a microsecond are polling as it should be", () => {
	const pause = new PollPause();
	for (let at = 0; at < 100_000; at += 1000) expect(pause.step(at, at + 1000)).toBe(false);
	expect(pause.isOver(0)).toBe(true);
});

test("who loses the processor while polling pauses, longer each time, a second at most", () => {
	const pause = new PollPause();
	const pauses: number[] = [];
	for (let at = 0, n = 0; n < 10; n++) {
		expect(pause.step(at, at + MS)).toBe(true);
		at += MS;
		const begun = at;
		while (!pause.isOver(at)) at += MS;
		pauses.push((at - begun) / MS);
	}
	expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 640, 1000, 1000, 1000]);
});

test("after many polls without that it begins with the shortest pause again", () => {
	const pause = new PollPause();
	pause.step(0, MS);
	pause.step(MS, 2 * MS);
	for (let n = 0; n < 200; n++) pause.ended();
	pause.step(100 * MS, 101 * MS);
	expect([pause.isOver(110 * MS), pause.isOver(111 * MS)]).toEqual([false, true]);
});
