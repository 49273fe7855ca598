import { expect, test } from "bun:test";
import { enginesTogether, Latency, latencyOfAll } from "../../src/dataflow/stats.ts";

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

test("latencies of several places are one", () => {
	const [one, other] = [new Latency(), new Latency()];
	one.add(0.001);
	other.add(0.001);
	other.add(3600);
	const { bounds, counts, sum } = latencyOfAll([one.stats, other.stats]);
	expect([bounds, counts.length]).toEqual([one.stats.bounds, one.stats.counts.length]);
	expect([counts[2], counts.at(-1)]).toEqual([2, 1]);
	expect(sum).toBeCloseTo(3600.002);
});

test("several engines count as one, which is ready if any is", () => {
	const engine = { state: "off", pid: null, messages: 0, batches: 0, restarts: 0 } as const;
	const off = { ...engine, functions: 0, busySeconds: 0 };
	const starting = { ...off, state: "starting", pid: 7, restarts: 2 } as const;
	const ready = { ...off, state: "ready", pid: 9, messages: 5, batches: 3 } as const;
	expect(enginesTogether([off, off])).toEqual(off);
	expect(enginesTogether([off, starting])).toEqual(starting);
	expect(enginesTogether([off, starting, { ...ready, functions: 4, busySeconds: 1 }])).toEqual({
		...{ state: "ready", pid: 7, messages: 5, batches: 3 },
		...{ restarts: 2, functions: 4, busySeconds: 1 },
	});
});
