import { describe, expect, test } from "bun:test";
import { createLogger } from "../../src/kit/log.ts";
import { SubscriptionGrants } from "../../src/mqtt/subscription-grants.ts";

function build() {
	const lines: string[] = [];
	const log = createLogger({
		level: "debug",
		format: "json",
		write: (line) => void lines.push(line),
	});
	return { lines, grants: new SubscriptionGrants(log) };
}

describe("what a broker grants", () => {
	test("a refused filter is a problem until it is granted or dropped", () => {
		const { lines, grants } = build();
		grants.take(["a", "b", "c"], [2, 0x80, 0x80], "host");
		expect(grants.problem).toBe("the broker refuses the subscription to b, c");
		expect(lines.join("")).toContain("broker refused subscriptions");
		grants.take(["b"], [2], "host");
		grants.drop("c");
		expect([grants.problem, grants.maxQos]).toEqual([undefined, 2]);
	});

	test("many refused filters are named in part", () => {
		const { grants } = build();
		grants.take(["a", "b", "c", "d", "e"], [0x80, 0x80, 0x80, 0x80, 0x80], "host");
		expect(grants.problem).toBe("the broker refuses the subscription to a, b, c and 2 more");
	});

	test("a filter that may be refused neither is a problem nor lowers the QoS", () => {
		const { grants } = build();
		grants.allowRefusal("probe");
		grants.take(["probe"], [0x80], "host");
		grants.take(["probe"], [0], "host");
		expect([grants.problem, grants.maxQos]).toEqual([undefined, 2]);
	});

	test("what the broker has is known once it has answered for QoS 2, until the next connection", () => {
		const { grants } = build();
		grants.allowRefusal("probe");
		grants.take(["probe"], [2], "host");
		grants.take(["a"], [0x80], "host");
		grants.take(["a"], [1], "host", 1);
		expect(grants.isKnown).toBe(false);
		grants.take(["a"], [1], "host");
		expect(grants.isKnown).toBe(true);
		grants.forget();
		expect(grants.isKnown).toBe(false);
	});

	test("a lower QoS counts for publishing, is logged once, and is forgotten with the connection", () => {
		const { lines, grants } = build();
		for (let n = 0; n < 3; n++) {
			grants.take(["a", "b"], [2, 1], "host");
			expect(grants.maxQos).toBe(1);
			grants.forget();
			expect(grants.maxQos).toBe(2);
		}
		expect(lines.filter((line) => line.includes("does not grant QoS 2"))).toHaveLength(1);
	});
});
