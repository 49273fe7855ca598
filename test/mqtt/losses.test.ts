import { expect, test } from "bun:test";
import { Losses } from "../../src/mqtt/losses.ts";

test("the third short connection in a row makes the client id look contested, until one is stable", () => {
	const losses = new Losses();
	expect([10, 10, 0, 10, 10].map((ms) => losses.add(ms))).toEqual([
		false,
		false,
		false,
		true,
		false,
	]);
	expect([losses.count, losses.isContested(0), losses.isContested(300_000)]).toEqual([
		5,
		true,
		false,
	]);
	expect(losses.add(300_000)).toBe(false);
	expect([losses.count, losses.isContested(0)]).toEqual([1, false]);
	losses.reset();
	expect(losses.count).toBe(0);
});

test("pauses become longer where the client id is contested", () => {
	const [plain, contested] = [new Losses(), new Losses()];
	for (let n = 0; n < 20; n++) {
		plain.add(0);
		contested.add(1);
	}
	expect(plain.pauseMs).toBeLessThanOrEqual(15_000);
	expect(contested.pauseMs).toBeGreaterThan(15_000);
	expect(contested.pauseMs).toBeLessThanOrEqual(120_000);
});

test("of a session that others may have, attempts wait for their answers twice as long each", () => {
	const [own, shared] = [new Losses(), new Losses(true)];
	const waits = (losses: Losses) =>
		[1, 2, 3, 4].map(() => {
			const ms = losses.answerMs(10_000);
			losses.add(0);
			return ms;
		});
	expect(waits(own)).toEqual([10_000, 10_000, 10_000, 10_000]);
	expect(waits(shared)).toEqual([1500, 3000, 6000, 10_000]);
	shared.reset();
	expect([shared.answerMs(10_000), shared.answerMs(1000)]).toEqual([1500, 1000]);
});
