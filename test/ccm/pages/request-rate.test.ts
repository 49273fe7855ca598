import { expect, test } from "bun:test";
import { RequestRate } from "../../../src/ccm/pages/request-rate.ts";

test("a sender has two hundred requests at once, then fifty a second, and is told once", () => {
	let now = 0;
	const rate = new RequestRate(() => now);
	const [one, other] = [{}, {}];
	const take = (count: number) => Array.from({ length: count }, () => rate.take(one, 10));
	expect(new Set(take(200))).toEqual(new Set(["ok"]));
	expect(take(3)).toEqual(["refuse", "ignore", "ignore"]);
	expect(rate.take(other, 10)).toBe("ok");
	now += 20;
	expect(take(2)).toEqual(["ok", "refuse"]);
	now += 1000;
	expect(take(52).filter((taken) => taken === "ok")).toHaveLength(50);
	now += 3_600_000;
	expect(take(201).filter((taken) => taken === "ok")).toHaveLength(200);
	now += 3_600_000;
	expect([rate.take(one, 199 << 16), rate.take(one, 10)]).toEqual(["ok", "refuse"]);
});
