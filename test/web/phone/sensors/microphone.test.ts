import { expect, test } from "bun:test";
import { levelOf } from "../../../../src/web/phone/sensors/microphone.ts";

const wave = (height: number) =>
	Array.from({ length: 256 }, (_, index) => 128 + height * (index % 2 === 0 ? 1 : -1));

test("levels go from silence to the loudest, in decibels", () => {
	expect([levelOf(wave(0)), levelOf(wave(128)), levelOf([])]).toEqual([0, 1, 0]);
	// Half the height is 6 of 60 decibels less.
	expect(levelOf(wave(64))).toBe(0.9);
	expect(levelOf(wave(0.01))).toBe(0);
});
