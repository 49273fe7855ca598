import { expect, test } from "bun:test";
import { Samples, samplesText } from "../../../src/csm/v1/samples.ts";

const START = Date.UTC(2026, 2, 1, 12, 0, 0) * 1000;

test("two are kept, the newest first, with times that only rise", () => {
	let now = START + 7;
	const samples = new Samples(() => now);
	expect(samplesText(samples.of("d", "f"))).toBe('{"samples":[]}\n');
	for (const data of ["[1]", "[2]", "[3]"]) samples.put("d", "f", data);
	now -= 5_000_000;
	samples.put("d", "f", "[4]");
	const [newest, second] = samples.of("d", "f");
	expect([newest?.data, second?.data]).toEqual(["[4]", "[3]"]);
	expect(newest?.time).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.000010$/);
	expect(second?.time).toEndWith(".000009");
	expect(samples.of("d", "g")).toEqual([]);
	samples.clear("d", ["f"]);
	expect(samples.of("d", "f")).toEqual([]);
});

test("beyond the memory for all of them, those that changed longest ago go first", () => {
	const samples = new Samples(() => START, 10);
	samples.put("a", "f", "[111]");
	samples.put("b", "f", "[222]");
	samples.put("a", "f", "[1]");
	samples.put("c", "f", "[3]");
	expect(samples.of("b", "f")).toEqual([]);
	expect(samples.of("c", "f")).toHaveLength(1);
	samples.put("d", "f", "[1, 2, 3, 4, 5, 6]");
	expect(samples.of("d", "f")).toHaveLength(1);
	expect(samples.of("a", "f")).toEqual([]);
	expect(samples.of("c", "f")).toEqual([]);
});
