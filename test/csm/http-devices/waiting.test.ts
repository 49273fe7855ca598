import { expect, test } from "bun:test";
import { Waiting } from "../../../src/csm/http-devices/waiting.ts";
import { within } from "../../support/waiting.ts";

const HOUR_MS = 3_600_000;

test("those that wait are woken together, or by time", async () => {
	const waiting = new Waiting();
	const both = Promise.all([waiting.wait(HOUR_MS), waiting.wait(HOUR_MS)]);
	waiting.wake();
	await within(both, "both to be woken");
	await within(waiting.wait(1), "time to go by");
});

test("a fifth wakes the one that waits for the longest time", async () => {
	const waiting = new Waiting();
	const woken: number[] = [];
	const all = [0, 1, 2, 3, 4].map((n) => waiting.wait(HOUR_MS).then(() => woken.push(n)));
	await within(all[0] ?? Promise.resolve(0), "the first to be woken");
	expect(woken).toEqual([0]);
	waiting.wake();
	await within(Promise.all(all), "all to be woken");
});
