// npm run bench: all baselines in the same run, alternating; writes RESULTS.md and pictures.
// npm run bench -- raw "on mosquitto": only those whose names contain one of these words; writes nothing.
// npm run bench:short: what CI runs; fails only when a ratio is below half of the recorded one, or none is recorded.
import { cpus } from "node:os";
import { join } from "node:path";
import { drawChart } from "../test/support/chart.ts";
import { live } from "./live.ts";
import type { LoadSettings } from "./load.ts";
import { fetchNodeRed, nodeRed } from "./node-red.ts";
import { page } from "./page.ts";
import { onPostgres } from "./postgres.ts";
import { problemsOf, recordedRatios, TARGETS } from "./ratios.ts";
import {
	iotctl,
	iotctlEncrypted,
	type Measured,
	measure,
	mosquittoRaw,
	NO_FUNCTIONS,
	SEED,
	type Subject,
	save,
} from "./servers.ts";
import { sink } from "./sink.ts";
import { type Finding, upkeep } from "./upkeep.ts";

const SHORT = process.argv.includes("--short");
const ROUNDS = Number(process.env.IOTCTL_BENCH_ROUNDS ?? (SHORT ? 1 : 3));
const SECONDS = SHORT ? 2 : 4;
/** A minute shows what ten do, apart from a heap that grows. */
const PAGE_SECONDS = 60;
const ONLY = process.argv.slice(2).filter((word) => !word.startsWith("--"));

type Way = Omit<LoadSettings, "port" | "pairs" | "seconds" | "warmupSeconds">;

const closed = (window: number, qos: 0 | 1 | 2 = 0): Way => ({ payload: "42", qos, window });
const openLoop = (rate: number): Way => ({ payload: "42", qos: 0, rate });

interface Contender {
	readonly start: () => Promise<Subject>;
	readonly ways: Readonly<Record<string, Way>>;
	/** Left out of the short run. */
	readonly long?: boolean;
}

/** A class of students: so many connections that publish, as many that listen, a graph or topic for each. */
const CLASS = 40;
/** What CCM asks for of each graph that is being watched. */
const WATCH_MS = 100;
/** @param each Messages in flight for each of them. */
const crowd = (each: number, qos: 0 | 1 | 2): Way => ({
	...closed(each * CLASS, qos),
	publishers: CLASS,
	subscribers: CLASS,
});
const CROWD_WAYS = {
	"QoS 0, 1 each": crowd(1, 0),
	"QoS 0, 6 each": crowd(6, 0),
	"QoS 1, 1 each": crowd(1, 1),
	"QoS 1, 6 each": crowd(6, 1),
};

/** One at a time, some, many. */
const WINDOWS = [1, 16, 256];
const windows = (qos: 0 | 1 | 2): Record<string, Way> =>
	Object.fromEntries(WINDOWS.map((window) => [`QoS ${qos}, ${window}`, closed(window, qos)]));
const confirmed = {
	"QoS 1, 1": closed(1, 1),
	"QoS 1, 256": closed(256, 1),
	"QoS 2, 256": closed(256, 2),
};
const CONTENDERS: Readonly<Record<string, Contender>> = {
	"mosquitto, raw": {
		start: mosquittoRaw,
		ways: { ...windows(0), ...windows(2), ...confirmed },
	},
	"iotctl, raw": {
		start: () => iotctl("iotctl, raw", "raw"),
		ways: { "QoS 0, 256": closed(256), ...confirmed },
	},
	"iotctl, raw, encrypted": {
		start: iotctlEncrypted,
		ways: { "QoS 0, 256": closed(256) },
		long: true,
	},
	"iotctl, seed graph": {
		start: () => iotctl("iotctl, seed graph", SEED),
		ways: {
			"QoS 0, 256": closed(256),
			"QoS 0, 16": closed(16),
			"QoS 0, 1": closed(1),
			"10,000/s": openLoop(10_000),
		},
	},
	"iotctl, pass-through graph": {
		start: () => iotctl("iotctl, pass-through graph", NO_FUNCTIONS),
		ways: { "QoS 0, 256": closed(256) },
	},
	"iotctl, seed graph, watched": {
		start: () => iotctl("iotctl, seed graph, watched", SEED, 1, false, {}, WATCH_MS),
		ways: { "QoS 0, 256": closed(256), "QoS 0, 1": closed(1) },
	},
	"iotctl, pass-through graph, watched": {
		start: () => iotctl("iotctl, pass-through, watched", NO_FUNCTIONS, 1, false, {}, WATCH_MS),
		ways: { "QoS 0, 256": closed(256) },
	},
	"iotctl, 100 seed graphs": {
		start: () => iotctl("iotctl, 100 seed graphs", SEED, 100),
		ways: { "QoS 0, 256": closed(256) },
	},
	"mosquitto, raw, 40 + 40 clients": {
		start: () => mosquittoRaw(CLASS),
		ways: CROWD_WAYS,
		long: true,
	},
	"iotctl, raw, 40 + 40 clients": {
		start: () => iotctl("iotctl, class, raw", "raw", CLASS),
		ways: CROWD_WAYS,
		long: true,
	},
	"iotctl, 40 seed graphs, 40 + 40 clients": {
		start: () => iotctl("iotctl, class", SEED, CLASS),
		ways: CROWD_WAYS,
		long: true,
	},
	"iotctl, 1000 seed graphs": {
		start: () => iotctl("iotctl, 1000 seed graphs", SEED, 1000),
		ways: { "1,000/s": openLoop(1000) },
		long: true,
	},
	"iotctl on mosquitto, seed graph": {
		start: () => iotctl("iotctl on mosquitto", SEED, 1, true),
		ways: { ...windows(0), ...windows(2) },
	},
	"Node-RED on mosquitto, seed flow": {
		start: () => nodeRed(0),
		ways: windows(0),
		long: true,
	},
	"Node-RED on mosquitto, seed flow, QoS 2": {
		start: () => nodeRed(2),
		ways: windows(2),
		long: true,
	},
};

const runs = new Map<string, Measured[]>();

async function round(names: readonly string[]): Promise<void> {
	for (const name of names) {
		const contender = CONTENDERS[name];
		if (contender === undefined) continue;
		const subject = await contender.start();
		for (const [way, settings] of Object.entries(contender.ways)) {
			const key = `${name} | ${way}`;
			const result = await measure(subject, { ...settings, seconds: SECONDS, warmupSeconds: 1 });
			runs.set(key, [...(runs.get(key) ?? []), result]);
			console.log(
				`${key}: ${Math.round(result.perSecond)}/s, p50 ${result.p50} ms, p99 ${result.p99} ms, ${result.sent - result.received} lost`,
			);
		}
		await subject.stop();
	}
}

function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

const of = (key: string, value: (run: Measured) => number) => (runs.get(key) ?? []).map(value);

function best(values: readonly number[]): number {
	return Math.max(...values.filter(Number.isFinite));
}

/** @param choose Which of the rounds' ratios counts. */
function ratios(choose: (each: readonly number[]) => number = median): Record<string, number> {
	const found: Record<string, number> = {};
	for (const [name, [measured, reference]] of Object.entries(TARGETS)) {
		const references = of(reference, ({ perSecond }) => perSecond);
		const each = of(measured, ({ perSecond }) => perSecond).map(
			(value, n) => value / (references[n] ?? Number.NaN),
		);
		if (each.some(Number.isFinite)) found[name] = Number(choose(each).toFixed(2));
	}
	return found;
}

function table(): string {
	const rows = [...runs].map(([key, all]) => {
		const rate = all.map(({ perSecond }) => perSecond);
		const list = (values: Readonly<Record<string, number>>, digits: number) =>
			Object.entries(values)
				.map(([name, value]) => `${name} ${value.toFixed(digits)}`)
				.join(", ");
		const ms = (value: (run: Measured) => number) => median(all.map(value)).toFixed(2);
		const last = all.at(-1);
		return `| ${key.replace(" | ", " | ")} | ${Math.round(median(rate)).toLocaleString("en")} (${Math.round(Math.min(...rate)).toLocaleString("en")}–${Math.round(Math.max(...rate)).toLocaleString("en")}) | ${ms(({ p50 }) => p50)} | ${ms(({ p90 }) => p90)} | ${ms(({ p99 }) => p99)} | ${ms(({ max }) => max)} | ${all.reduce((sum, { sent, received }) => sum + sent - received, 0)} | ${list(last?.cpuOf ?? {}, 2)} | ${list(last?.memoryOf ?? {}, 0)} |`;
	});
	return [
		"| Who | Load | msgs/s: median (least–most) | p50 ms | p90 | p99 | max | lost | CPU s per 100,000 | PSS MiB |",
		"|---|---|---|---|---|---|---|---|---|---|",
		...rows,
	].join("\n");
}

async function pictures(): Promise<void> {
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

function report(
	found: Readonly<Record<string, number>>,
	generator: number,
	others: readonly Finding[],
): string {
	const processor = cpus();
	const mosquitto = Bun.spawnSync(["mosquitto", "-h"]).stdout.toString().split("\n")[0];
	return `# Results

Written by \`npm run bench\`; do not edit. ${ROUNDS} rounds of ${SECONDS} s, all baselines in turn in each round. Load generator,
brokers and engine share the machine: ${processor.length} × ${processor[0]?.model.trim()}. Bun ${Bun.version}, ${mosquitto}. Virtual machines
lend their processors to others, so compare within a run only.

The load generator alone reaches ${Math.round(generator).toLocaleString("en")} messages a second against a socket that gives bytes back.
Closed loop: so many messages are in flight (window 256, 16, 1). Open loop: so many are sent a second.

| Ratio (median of the rounds) | measured | target |
|---|---|---|
${Object.entries(found)
	.map(([name, ratio]) => `| ${name} | ${ratio} | ${TARGETS[name]?.[2]} |`)
	.join("\n")}

| Beside throughput | measured | target |
|---|---|---|
${others.map(({ what, measured, target }) => `| ${what} | ${measured} | ${target} |`).join("\n")}

${table()}

![Throughput by graphs, latency by rate](results/bench.svg)

\`npm run test:soak\`, ten minutes of it:

![Memory, latency and messages of the soak](results/soak.svg)
`;
}

async function generatorAlone(): Promise<number> {
	const subject = await sink();
	const { perSecond } = await measure(subject, { ...closed(256), seconds: 2, warmupSeconds: 1 });
	await subject.stop();
	return perSecond;
}

const withNodeRed = !SHORT && fetchNodeRed();
const names = Object.keys(CONTENDERS).filter(
	(name) =>
		!(SHORT && CONTENDERS[name]?.long) &&
		(withNodeRed || !name.startsWith("Node-RED")) &&
		(ONLY.length === 0 || ONLY.some((word) => name.includes(word))),
);
const generator = await generatorAlone();
console.log(`load generator alone: ${Math.round(generator)}/s`);
for (let n = 0; n < ROUNDS; n++) await round(names);
// One round may be the scheduler's luck, of a peer's too (mosquitto alone: 13,000 or 70,000/s one at a time, as it gets
// a processor of its own or not), or another virtual machine's: what looks collapsed has
// to be so in each of three.
const collapsed = () => problemsOf(ratios(best), recordedRatios());
if (SHORT && collapsed().length > 0) {
	for (let n = 0; n < 2; n++) await round(names);
}
const found = ratios();
console.log(JSON.stringify(found, null, "\t"));
if (SHORT) {
	const problems = collapsed();
	for (const problem of problems) console.error(problem);
	process.exit(problems.length > 0 ? 1 : 0);
}
if (ONLY.length > 0) process.exit(0);
await pictures();
const others = [
	...(await upkeep()),
	...(await onPostgres()),
	...(await live()),
	...(await page({ seconds: PAGE_SECONDS, rounds: ROUNDS, withNodeRed })),
];
for (const { what, measured, target } of others) console.log(`${what}: ${measured} (${target})`);
save("RESULTS.md", report(found, generator, others));
save("ratios.json", `${JSON.stringify(found, null, "\t")}\n`);
process.exit(0);
