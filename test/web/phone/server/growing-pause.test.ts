import { expect, test } from "bun:test";
import { GrowingPause } from "../../../../src/web/phone/server/growing-pause.ts";

test("pauses grow to eight seconds, start over after success, and are as long as the server asks", () => {
	const pause = new GrowingPause(() => 0.5);
	const pauses = Array.from({ length: 7 }, () => pause.next());
	expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000]);
	pause.reset();
	expect(pause.next()).toBe(500);
	expect(pause.next(30)).toBe(30_000);
});

test("forty phones do not come at the same moment", () => {
	const [first, last] = [0, 1].map((random) => new GrowingPause(() => random).next());
	expect([first, last]).toEqual([300, 700]);
});
