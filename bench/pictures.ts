// The picture of RESULTS.md: throughput by number of graphs, latency by rate.
import { join } from "node:path";
import { drawChart } from "../test/support/chart.ts";
import { closed, openLoop } from "./contenders.ts";
import { iotctl, measure, SEED } from "./servers.ts";

/** Measures what is in it, and draws it. */
export async function pictures(): Promise<void> {
	const byCount: [number, number][] = [];
	for (const count of [1, 10, 100, 300]) {
		const subject = await iotctl(`${count} graphs`, SEED, count);
		const { perSecond } = await measure(subject, { ...closed(256), seconds: 3, warmupSeconds: 1 });
		byCount.push([count, perSecond]);
		await subject.stop();
	}
	const p50: [number, number][] = [];
	const p99: [number, number][] = [];
	const subject = await iotctl("rates", SEED);
	for (const rate of [1000, 2000, 5000, 10_000, 20_000, 40_000]) {
		const result = await measure(subject, { ...openLoop(rate), seconds: 3, warmupSeconds: 1 });
		p50.push([rate, result.p50]);
		p99.push([rate, result.p99]);
	}
	await subject.stop();
	drawChart(
		join(import.meta.dir, "results/bench.svg"),
		"The seed's graph, Python on every message",
		[
			{
				title: "Throughput by number of graphs, window 256",
				xName: "graphs",
				yName: "messages a second",
				isXLog: true,
				series: [{ name: "iotctl", points: byCount }],
			},
			{
				title: "Latency by rate, one graph",
				xName: "messages a second",
				yName: "ms",
				isXLog: true,
				isLog: true,
				series: [
					{ name: "p50", points: p50 },
					{ name: "p99", points: p99 },
				],
			},
		],
	);
}
