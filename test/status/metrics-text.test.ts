import { describe, expect, test } from "bun:test";
import { MetricsText } from "../../src/status/metrics-text.ts";

const linesOf = async (metrics: MetricsText) =>
	(await metrics.read()).text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

describe("metrics as text", () => {
	test("have their help and kind, and are read each time", async () => {
		let count = 1;
		const metrics = new MetricsText([
			{ kind: "counter", name: "lamps_total", help: "Lamps so far.", read: () => count },
			{ kind: "gauge", name: "lamps_lit", help: "Lamps that are lit.", read: () => count / 2 },
		]);
		const { contentType, text } = await metrics.read();
		expect(contentType).toContain("text/plain; version=0.0.4");
		expect(text).toContain("# HELP lamps_total Lamps so far.\n# TYPE lamps_total counter");
		expect(text).toContain("# TYPE lamps_lit gauge\nlamps_lit 0.5");
		count = 4;
		expect(await linesOf(metrics)).toEqual(["lamps_total 4", "lamps_lit 2"]);
	});

	test.each(["gauge", "counter"] as const)("what is not known has no line: a %s", async (kind) => {
		const values = [null, 7, null, 0];
		const metrics = new MetricsText([
			{ kind, name: "clients", help: "Clients.", read: () => values.shift() ?? null },
		]);
		expect(await linesOf(metrics)).toEqual([]);
		expect(await linesOf(metrics)).toEqual(["clients 7"]);
		expect(await linesOf(metrics)).toEqual([]);
		expect(await linesOf(metrics)).toEqual(["clients 0"]);
	});

	test("with a label there is a line for each value, and none for those that are gone", async () => {
		let states = new Map([
			["on", 2],
			["off", 0],
		]);
		const metrics = new MetricsText([
			{
				kind: "gauge",
				name: "lamps",
				help: "Lamps by state.",
				label: "state",
				readEach: () => states,
			},
		]);
		expect(await linesOf(metrics)).toEqual(['lamps{state="on"} 2', 'lamps{state="off"} 0']);
		states = new Map([["broken", 1]]);
		expect(await linesOf(metrics)).toEqual(['lamps{state="broken"} 1']);
	});

	test("a histogram that was counted elsewhere has growing buckets", async () => {
		const metrics = new MetricsText([
			{
				kind: "histogram",
				name: "seconds",
				help: "How long.",
				readCounts: () => ({ bounds: [0.1, 1], counts: [3, 2, 1], sum: 4.5 }),
			},
		]);
		expect(await linesOf(metrics)).toEqual([
			'seconds_bucket{le="0.1"} 3',
			'seconds_bucket{le="1"} 5',
			'seconds_bucket{le="+Inf"} 6',
			"seconds_sum 4.5",
			"seconds_count 6",
		]);
	});
});
