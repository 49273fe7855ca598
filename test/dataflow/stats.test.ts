import { expect, test } from "bun:test";
import { Latency } from "../../src/dataflow/stats.ts";

test("latency counts each observation in the first bucket it fits into", () => {
	const latency = new Latency();
	for (const seconds of [0, 0.0002, 0.00021, 1, 5, 6, 3600]) latency.add(seconds);
	const { bounds, counts, sum } = latency.stats;
	expect(counts).toHaveLength(bounds.length + 1);
	const used = counts.flatMap((count, n) => (count > 0 ? [[bounds[n] ?? "more", count]] : []));
	expect(used).toEqual([
		[0.0002, 2],
		[0.0005, 1],
		[1, 1],
		[5, 1],
		["more", 2],
	]);
	expect(sum).toBeCloseTo(3612.00041);
});
