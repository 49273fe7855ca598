// bun bench/engines.ts [--seconds N]: graphs that share engines, and graphs that do not (docs/adr/0026-engines-and-turns.md).
// One graph is flooded with functions of 10 ms, or stuck for as long as it may be, while another of 10 µs has 100 messages
// a second, in the same engine and in another one; then how much two engines do with functions of 100 µs.
import { loadavg } from "node:os";
import { join } from "node:path";
import { readArguments } from "../scripts/program-arguments.ts";
import { Flow } from "../test/support/flow.ts";
import { startBinary, type Target } from "../test/support/target.ts";
import type { LoadResult } from "./load.ts";
import type { LoadSettings } from "./load-traffic.ts";

const { values } = readArguments(
	{
		usage: "bun bench/engines.ts [--seconds N]",
		about: "Measures what graphs cost each other in an engine, and what a second engine brings.",
		numbers: ["seconds"],
	},
	{ seconds: { type: "string", default: "10" } },
);
const SECONDS = Number(values.seconds);
const WARMUP_SECONDS = 2;
/** Messages in flight: enough that an engine never waits for one. */
const FLOOD = 256;
const STEADY = 100;

/** Takes a processor for so many microseconds. */
const busy = (micros: number) =>
	`from time import perf_counter\ndef run(x):\n  end = perf_counter() + ${micros / 1e6}\n  while perf_counter() < end: pass\n  return x\n`;
const STUCK = "def run(x):\n  while x == 1: pass\n  return x\n";

type Wanted = Pick<LoadSettings, "window" | "rate">;

/** Loads a graph from a process of its own. */
async function load(target: Target, flow: Flow, wanted: Wanted): Promise<LoadResult> {
	const pair = { to: flow.idfTopics[0] ?? "", from: flow.odfTopics[0] ?? "" };
	const settings: LoadSettings = {
		...{ port: Number(new URL(target.mqtt).port), pairs: [pair], payload: "[5]", qos: 0 },
		...{ seconds: SECONDS, warmupSeconds: WARMUP_SECONDS },
		...wanted,
	};
	const program = join(import.meta.dir, "load.ts");
	const child = Bun.spawn([process.execPath, program, JSON.stringify(settings)], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	return JSON.parse(await new Response(child.stdout).text());
}

const draw = (target: Target, code: string) => Flow.build(target, { idfs: [{ code }], odfs: [{}] });

const shown = ({ sent, received, p50, p90, p99, max }: LoadResult) =>
	`${received} of ${sent} arrived, p50 ${p50.toFixed(1)} ms, p90 ${p90.toFixed(1)}, p99 ${p99.toFixed(1)}, max ${max.toFixed(0)}`;

/** A graph with a steady load beside one that is flooded. */
async function besideFlood(engines: number): Promise<void> {
	const target = await startBinary({ esm: { engines } });
	const flooded = await draw(target, busy(10_000));
	const steady = await draw(target, busy(10));
	const [flood, found] = await Promise.all([
		load(target, flooded, { window: FLOOD }),
		load(target, steady, { rate: STEADY }),
	]);
	const rate = flood.perSecond.toFixed(0);
	console.log(
		`beside a flood of 10 ms functions (${rate}/s), ${engines} engine(s): ${shown(found)}`,
	);
	await target.dispose();
}

/** A graph with a steady load beside one that is stuck again and again, in the same engine and in another one. */
async function besideStuck(): Promise<void> {
	const target = await startBinary({ esm: { engines: 2, "call-timeout": 500 } });
	const [stuck, other, same] = [
		await draw(target, STUCK),
		await draw(target, busy(10)),
		await draw(target, busy(10)),
	];
	const timer = setInterval(() => void stuck.send([1]), 2000);
	const [first, second] = await Promise.all(
		[other, same].map((flow) => load(target, flow, { rate: STEADY })),
	);
	clearInterval(timer);
	if (first === undefined || second === undefined) return;
	console.log(
		`beside a function that is stuck for 0.5 s in each 2 s, in the other engine: ${shown(first)}`,
	);
	console.log(`  in the same engine: ${shown(second)}`);
	await target.dispose();
}

/** Messages a second of two graphs that do as much as they can. */
async function throughput(engines: number): Promise<number> {
	const target = await startBinary({ esm: { engines } });
	const flows = [await draw(target, busy(100)), await draw(target, busy(100))];
	const found = await Promise.all(flows.map((flow) => load(target, flow, { window: FLOOD })));
	await target.dispose();
	return found.reduce((sum, { perSecond }) => sum + perSecond, 0);
}

await besideFlood(1);
await besideFlood(2);
await besideStuck();
const [one, two] = [await throughput(1), await throughput(2)];
console.log(
	`two graphs of 100 µs functions: ${one.toFixed(0)}/s with one engine, ${two.toFixed(0)}/s with two, ${(two / one).toFixed(2)} times as many (load ${loadavg()[0]?.toFixed(1)})`,
);
process.exit(0);
