import { expect, test } from "bun:test";
import { Rate } from "../../../src/csm/http-devices/rate.ts";

test("so much may happen at once, and as much again each second, evenly", () => {
	let now = 5000;
	let most = 4;
	const rate = new Rate(
		() => most,
		() => now,
	);
	const taken = () => {
		let count = 0;
		while (rate.take()) count += 1;
		return count;
	};
	expect(taken()).toBe(4);
	now += 250;
	expect(taken()).toBe(1);
	now += 3_600_000;
	expect(taken()).toBe(4);
	most = 2;
	now += 60_000;
	expect(taken()).toBe(2);
});
