import { expect, test } from "bun:test";
import { SETUP_MINUTES, SetupKeys } from "../../src/auth/setup-keys.ts";

test("a set-up key lets in for half an hour, until it is used or another one is drawn", () => {
	let now = 0;
	const keys = new SetupKeys(() => now);
	expect(keys.isRight("")).toBe(false);
	const first = keys.draw();
	expect([keys.isRight(first), keys.isRight(`${first}x`)]).toEqual([true, false]);
	const second = keys.draw();
	expect([keys.isRight(first), keys.isRight(second)]).toEqual([false, true]);
	now = SETUP_MINUTES * 60_000 - 1;
	expect(keys.isRight(second)).toBe(true);
	now += 1;
	expect(keys.isRight(second)).toBe(false);
	const third = keys.draw();
	keys.end();
	expect(keys.isRight(third)).toBe(false);
});
