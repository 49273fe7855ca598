import { expect, test } from "bun:test";
import { RefusedPause } from "../../../src/ccm/reconciler/refused-pause.ts";
import { ManualClock } from "../../support/manual-clock.ts";

test("pauses double from 30 s to 5 minutes, and start over when nothing is refused any more", () => {
	const clock = new ManualClock();
	let asked = 0;
	const pause = new RefusedPause(clock, () => {
		asked += 1;
	});
	for (const seconds of [30, 60, 120, 240, 300, 300]) {
		const before = asked;
		pause.plan();
		pause.plan();
		clock.move(seconds * 1000 - 1);
		expect(asked).toBe(before);
		clock.move(1);
		expect(asked).toBe(before + 1);
	}
	pause.reset();
	pause.plan();
	clock.move(30_000);
	expect(asked).toBe(7);
	pause.plan();
	pause.stop();
	clock.move(600_000);
	expect([asked, clock.planned]).toEqual([7, 0]);
});
