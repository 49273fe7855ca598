import { describe, expect, test } from "bun:test";
import { changesOf, PosixRule } from "../../../src/dataflow/python/posix-rule.ts";
import { allZones } from "../../../src/dataflow/python/zones.ts";

/** Offset in hours and name by the rule at a moment. */
function at(rule: string, moment: string): [number, string] | undefined {
	const found = PosixRule.parse(rule)?.at(Date.parse(moment) / 1000);
	return found && [found.offset / 3600 + 0, found.name];
}

describe("POSIX rules of zones", () => {
	test.each([
		["UTC0", "2026-07-01T00:00Z", 0, "UTC"],
		["<-03>3", "2026-07-01T00:00Z", -3, "-03"],
		["IST-5:30", "2026-07-01T00:00Z", 5.5, "IST"],
		// In the last second before, and at the change, in both directions.
		["CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T00:59:59Z", 1, "CET"],
		["CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T01:00:00Z", 2, "CEST"],
		["CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T00:59:59Z", 2, "CEST"],
		["CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T01:00:00Z", 1, "CET"],
		// South of the equator the summer goes over the end of the year.
		["AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-12-31T23:00Z", 11, "AEDT"],
		["AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-06-01T00:00Z", 10, "AEST"],
		// Without dates those of the United States, with days of the year, with a summer of its own offset.
		["EST5EDT", "2026-07-01T00:00Z", -4, "EDT"],
		["AAA0BBB,J60/0,J300/0", "2028-03-01T00:00Z", 1, "BBB"],
		["AAA0BBB,59/0,299/0", "2028-02-29T00:00Z", 1, "BBB"],
		["LHST-10:30LHDT-11,M10.1.0,M4.1.0", "2026-01-01T00:00Z", 11, "LHDT"],
	])("%s at %s is %d hours, %s", (rule, moment, hours, name) => {
		expect(at(rule, moment)).toEqual([hours, name]);
	});

	test.each([
		"",
		"CET",
		"5",
		"AAA0BBB,M3.6.0,M10.5.0",
		"AAA0BBB,x,y",
		"AAA0BBB,M3.5.0",
		"../etc/passwd",
	])("%j is none", (text) => {
		expect(PosixRule.parse(text)).toBeUndefined();
	});
});

describe("zone files", () => {
	test("are cut into their changes, what holds before and after, and the rule", () => {
		const { times, kinds, first, footer } = changesOf(
			allZones().get("Europe/Berlin") ?? Buffer.alloc(0),
		);
		expect(footer).toBe("CET-1CEST,M3.5.0,M10.5.0/3");
		expect(first.name).toBe("LMT");
		expect(times.length).toBe(kinds.length);
		expect([...times]).toEqual([...times].toSorted((a, b) => a - b));
		expect(new Set(kinds.map(({ name }) => name))).toContain("CEST");
	});

	test("that are cut off are refused", () => {
		const file = allZones().get("Europe/Berlin") ?? Buffer.alloc(0);
		for (const length of [0, 30, 60, 100, 300]) {
			expect(() => changesOf(file.subarray(0, length))).toThrow(RangeError);
		}
	});
});
