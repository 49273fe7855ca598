import { expect, test } from "bun:test";
import { StorageError } from "../../src/kit/errors.ts";
import { LimitedQuestions } from "../../src/kit/limited-questions.ts";
import { ManualClock } from "../support/manual-clock.ts";

test("as many wait as may, each no longer than it may; further ones are refused", async () => {
	const clock = new ManualClock();
	const questions = new LimitedQuestions(clock, { most: 2, answerMs: 100 });
	const { promise, resolve } = Promise.withResolvers<number>();
	const [first, second] = [1, 2].map(() => questions.ask(() => promise).catch(String));
	const third = questions.ask(async () => 3);
	await expect(third).rejects.toBeInstanceOf(StorageError);
	await expect(third).rejects.toThrow(
		"the server cannot read this now: too many wait for its database",
	);
	clock.move(100);
	expect(await first).toContain("the server cannot read this now: its database does not answer");
	expect(await second).toBe(await first);
	// It still asks: who has given up leaves no room.
	await expect(questions.ask(async () => 4)).rejects.toBeInstanceOf(StorageError);
	resolve(1);
	await promise;
	await Bun.sleep(0);
	expect(await questions.ask(async () => 5)).toBe(5);
	expect(clock.planned).toBe(0);
});

test("a question that cannot even be asked leaves its place to others", async () => {
	const clock = new ManualClock();
	const questions = new LimitedQuestions(clock, { most: 1, answerMs: 100 });
	const broken = () => {
		throw new Error("nothing to ask");
	};
	await expect(questions.ask(broken)).rejects.toThrow("nothing to ask");
	expect(await questions.ask(async () => 1)).toBe(1);
	expect(clock.planned).toBe(0);
});
