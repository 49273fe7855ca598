import { expect, test } from "bun:test";
import { RunningClock } from "../../../src/ccm/invitations/running-clock.ts";
import { ManualClock } from "../../support/manual-clock.ts";

test("runs on from where it was kept; time without a server does not count", () => {
	const clock = new ManualClock();
	clock.move(123_456);
	const running = new RunningClock(clock);
	expect(running.now()).toBe(0);
	clock.move(1000.4);
	expect(running.now()).toBe(1000);
	running.goOn(5000);
	expect(running.now()).toBe(5000);
	clock.move(250);
	expect(running.now()).toBe(5250);
});
