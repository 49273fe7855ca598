// Graphs that share engines, and graphs that do not (docs/adr/0026-engines-and-turns.md).
// One graph is flooded with functions of 10 ms, or stuck for as long as it may be, while another of 10 µs has 100 messages
// a second, in the same engine and in another one; then how much two engines do with functions of 100 µs.
import { loadavg } from "node:os";
import { join } from "node:path";
import { readArguments } from "../scripts/program-arguments.ts";
import { Flow } from "../test/support/flow.ts";
import { startBinary, type Target } from "../test/support/target.ts";
import { atLeast, type Finding, print } from "./finding.ts";
import type { LoadResult } from "./load.ts";
import type { LoadSettings } from "./load-traffic.ts";

const SECONDS = 10;
const WARMUP_SECONDS = 2;
/** Messages in flight: enough that an engine never waits for one. */
const FLOOD = 256;
const STEADY = 100;

/** Takes a processor for so many microseconds. */
const busy = (micros: number) =>
	`from time import perf_counter\ndef run(x):\n  end = perf_counter() + ${micros / 1e6}\n  while perf_counter() < end: pass\n  return x\n`;
const STUCK = "def run(x):\n  while x == 1: pass\n  return x\n";

type Wanted = Pick<LoadSettings, "window" | "rate" | "seconds">;

/** Loads a graph from a process of its own. */
async function load(target: Target, flow: Flow, wanted: Wanted): Promise<LoadResult> {
	const pair = { to: flow.idfTopics[0] ?? "", from: flow.odfTopics[0] ?? "" };
	const settings: LoadSettings = {
		...{ port: Number(new URL(target.mqtt).port), pairs: [pair], payload: "[5]", qos: 0 },
		...{ warmupSeconds: WARMUP_SECONDS, ...wanted },
	};
	const program = join(import.meta.dir, "load.ts");
	const child = Bun.spawn([process.execPath, program, JSON.stringify(settings)], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	return JSON.parse(await new Response(child.stdout).text());
}

const draw = (target: Target, code: string) => Flow.build(target, { idfs: [{ code }], odfs: [{}] });

const shown = ({ sent, received, p50, p95, p99, max }: LoadResult) =>
	`${sent - received} of ${sent} lost, p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)}, p99 ${p99.toFixed(1)}, longest ${max.toFixed(0)}`;

/** A graph with a steady load beside one that is flooded. */
async function besideFlood(engines: number, seconds: number): Promise<Finding> {
	const target = await startBinary({ esm: { engines } });
	const flooded = await draw(target, busy(10_000));
	const steady = await draw(target, busy(10));
	const [, found] = await Promise.all([
		load(target, flooded, { window: FLOOD, seconds }),
		load(target, steady, { rate: STEADY, seconds }),
	]);
	await target.dispose();
	return {
		what: `100 messages a second beside a flood of 10 ms functions, ${engines === 1 ? "same" : "other"} engine`,
		measured: shown(found),
		target: "0 lost, p95 ≤ 50 ms",
		isMet: found.sent === found.received && found.p95 <= 50,
	};
}

/** A graph with a steady load beside one that is stuck again and again, in the same engine and in another one. */
async function besideStuck(seconds: number): Promise<Finding[]> {
	const target = await startBinary({ esm: { engines: 2, "call-timeout": 500 } });
	const [stuck, other, same] = [
		await draw(target, STUCK),
		await draw(target, busy(10)),
		await draw(target, busy(10)),
	];
	const timer = setInterval(() => void stuck.send([1]), 2000);
	const [first, second] = await Promise.all([
		load(target, other, { rate: STEADY, seconds }),
		load(target, same, { rate: STEADY, seconds }),
	]);
	clearInterval(timer);
	await target.dispose();
	const what = "100 messages a second beside a function that is stuck for 0.5 s in each 2 s";
	return [
		{
			what: `${what}, other engine`,
			measured: shown(first),
			target: "longest ≤ 50 ms",
			isMet: first.sent === first.received && first.max <= 50,
		},
		{ what: `${what}, same engine`, measured: shown(second), target: "–" },
	];
}

/** Messages a second of two graphs that do as much as they can. */
async function throughput(engines: number, seconds: number): Promise<number> {
	const target = await startBinary({ esm: { engines } });
	const flows = [await draw(target, busy(100)), await draw(target, busy(100))];
	const found = await Promise.all(
		flows.map((flow) => load(target, flow, { window: FLOOD, seconds })),
	);
	await target.dispose();
	return found.reduce((sum, { perSecond }) => sum + perSecond, 0);
}

/** All of it; twelve times as long. */
export async function engines(seconds = SECONDS): Promise<Finding[]> {
	const found = [
		await besideFlood(1, seconds),
		await besideFlood(2, seconds),
		...(await besideStuck(seconds)),
	];
	const [one, two] = [await throughput(1, seconds), await throughput(2, seconds)];
	const each = [one, two].map((rate) => Math.round(rate).toLocaleString("en")).join(", ");
	return [
		...found,
		atLeast("two graphs of 100 µs functions: two engines, of one", two / one, 1.3, {
			...{ unit: "", digits: 2 },
			more: ` (messages a second with one, with two: ${each})`,
		}),
	];
}

if (import.meta.main) {
	const { values } = readArguments(
		{
			usage: "bun bench/engines.ts [--seconds N]",
			about: "Measures what graphs cost each other in an engine, and what a second engine brings.",
			numbers: ["seconds"],
		},
		{ seconds: { type: "string", default: String(SECONDS) } },
	);
	print(await engines(Number(values.seconds)));
	console.log(`load ${loadavg()[0]?.toFixed(1)}`);
	process.exit(0);
}
