import { expect, test } from "bun:test";
import type { Client } from "aedes";
import { SubscriptionLimits } from "../../src/broker/subscription-limits.ts";

const client = (id: string) => ({ id }) as Client;

test("each limit is named when it is reached; a filter again costs nothing", () => {
	const limits = new SubscriptionLimits({ maxPerClient: 3, maxWildcards: 1, maxTotal: 4 });
	const [one, two] = [client("one"), client("two")];
	expect(["a", "+", "a", "+", "b"].map((filter) => limits.add(one, filter))).toEqual(
		Array.from({ length: 5 }, () => undefined),
	);
	expect([limits.add(one, "#"), limits.add(one, "c")]).toEqual([
		"max-subscriptions",
		"max-subscriptions",
	]);
	limits.remove(one, ["b", "never"]);
	expect(limits.add(one, "#")).toBe("max-wildcards");
	limits.remove(one, ["+"]);
	expect([limits.add(one, "#"), limits.add(one, "x"), limits.add(two, "y")]).toEqual([
		undefined,
		undefined,
		undefined,
	]);
	expect([limits.total, limits.add(two, "z")]).toEqual([4, "max-subscriptions-total"]);
	limits.forget(one);
	limits.forget(one);
	expect([limits.total, limits.add(two, "z")]).toEqual([1, undefined]);
});
