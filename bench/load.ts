// The load generator, a process of its own: bun bench/load.ts '<settings as JSON>' prints a result as JSON.
// Closed loop: so many messages are in flight all the time. Open loop: so many are sent a second, come what may.
import { readArguments } from "../scripts/program-arguments.ts";
import { Load, type LoadSettings } from "./load-traffic.ts";

export interface LoadResult {
	readonly sent: number;
	readonly received: number;
	/** Received a second. */
	readonly perSecond: number;
	/** Milliseconds. */
	readonly p50: number;
	readonly p90: number;
	readonly p95: number;
	readonly p99: number;
	readonly max: number;
	/** Longest time without a message, milliseconds. */
	readonly gap: number;
	/** Processor seconds of this process. */
	readonly cpu: number;
}

const LATE_MS = 3000;
const SETTLE_MS = 200;
const TICK_MS = 1;

/** Keeps messages coming. @returns what ends it. */
function drive(load: Load, { window, rate = 1 }: LoadSettings): () => void {
	if (window !== undefined) {
		load.send(window);
		return () => {};
	}
	const begun = performance.now();
	let done = 0;
	const timer = setInterval(() => {
		const due = Math.floor(((performance.now() - begun) * rate) / 1000);
		load.send(due - done);
		done = due;
	}, TICK_MS);
	return () => clearInterval(timer);
}

/** Runs the load. */
export async function run(settings: LoadSettings): Promise<LoadResult> {
	const load = new Load(settings);
	await load.connect();
	await Bun.sleep(SETTLE_MS);
	const end = drive(load, settings);
	await Bun.sleep(settings.warmupSeconds * 1000);
	const cpuBefore = process.cpuUsage();
	load.isCounting = true;
	const begun = performance.now();
	await Bun.sleep(settings.seconds * 1000);
	const perSecond = load.received / ((performance.now() - begun) / 1000);
	load.isStopped = true;
	end();
	const deadline = performance.now() + LATE_MS;
	while (load.inFlight > 0 && performance.now() < deadline) await Bun.sleep(5);
	const cpu = process.cpuUsage(cpuBefore);
	const { sentCount, latencies, gap } = load;
	return {
		sent: sentCount,
		received: sentCount - load.inFlight,
		perSecond,
		p50: latencies.at(0.5),
		p90: latencies.at(0.9),
		p95: latencies.at(0.95),
		p99: latencies.at(0.99),
		max: latencies.max,
		gap,
		cpu: (cpu.user + cpu.system) / 1e6,
	};
}

if (import.meta.main) {
	const { positionals } = readArguments(
		{
			usage: "bun bench/load.ts SETTINGS",
			about: "Loads a server for other benchmarks. SETTINGS: a LoadSettings as JSON.",
			words: { are: "a JSON object", fits: (word) => word.startsWith("{"), most: 1 },
		},
		{},
	);
	const result = await run(JSON.parse(positionals[0] ?? "{}") as LoadSettings);
	console.log(JSON.stringify(result));
	process.exit(0);
}
