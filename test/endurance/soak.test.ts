// 5,000 messages a second through Python functions while devices come and go and graphs change: memory,
// latency, losses and what goes to the disk. IOTCTL_SOAK_MINUTES sets how long (npm run test:soak: 60),
// IOTCTL_SOAK_CHART where the picture goes.
import { expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { StatusView } from "../../src/contract/views.ts";
import { drawChart, type Panel } from "../support/chart.ts";
import { call, digestOf, TestDevice, TestGraph } from "../support/gateway.ts";
import { publishFrame, RawClient } from "../support/raw-mqtt.ts";
import { startBinary, type Target } from "../support/target.ts";
import { DEADLINE_MS, ENDURANCE_MS } from "../support/waiting.ts";
import { ownFailures } from "./probe.ts";

const MINUTES = Number(process.env.IOTCTL_SOAK_MINUTES ?? 0.25);
const CHART = process.env.IOTCTL_SOAK_CHART;
const GRAPHS = 10;
const PER_SECOND = 5000;
const TICK_MS = 10;
const QUIET_SECONDS = Math.min(60, MINUTES * 15);

/** One second of the run. */
interface Sample {
	readonly second: number;
	readonly serverMiB: number;
	readonly engineMiB: number;
	readonly received: number;
	readonly p50: number;
	readonly p99: number;
}

function proportionalMiB(pid: number): number {
	const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
	return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
}

/** Bytes the process had written to disks, as the kernel counts them. */
function bytesWritten(pid: number): number {
	return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1] ?? 0);
}

/** Numbers flow through graphs of one function each; every message carries the time it was sent. */
class Traffic {
	sent = 0;
	received = 0;
	#took: number[] = [];
	readonly #source: RawClient;
	readonly #topics: readonly string[];
	#timer: Timer | undefined;

	private constructor(source: RawClient, topics: readonly string[]) {
		this.#source = source;
		this.#topics = topics;
	}

	static async start(target: Target): Promise<Traffic> {
		const port = Number(new URL(target.mqtt).port);
		const source = await RawClient.connect({ port, clientId: "source" });
		const topics: string[] = [];
		const traffic = new Traffic(source, topics);
		const sink = await RawClient.connect({
			port,
			clientId: "sink",
			onMessage: (payload) => traffic.#onMessage(payload),
		});
		for (let n = 0; n < GRAPHS; n++) {
			const device = await TestDevice.register(target);
			const graph = await TestGraph.open(device.client, "soak", `traffic-${n}`);
			await graph.ok({ op: "attach" });
			await device.say("online");
			const [digest] = await graph.addFunctions(`def run(x): return x  # ${n}\n`);
			await graph.ok({ op: "add_link", da_id: device.id, idf: "in", func: digest });
			topics.push(String((await device.signal()).topic));
			await graph.ok({ op: "add_link", da_id: device.id, odf: "out" });
			await sink.subscribe(String((await device.signal()).topic), 0);
		}
		traffic.#timer = setInterval(() => traffic.#send(), TICK_MS);
		return traffic;
	}

	/** Latencies since the last call, milliseconds, sorted. */
	take(): number[] {
		const took = this.#took.toSorted((a, b) => a - b);
		this.#took = [];
		return took;
	}

	async stop(): Promise<void> {
		clearInterval(this.#timer);
		const deadline = performance.now() + DEADLINE_MS;
		while (this.received < this.sent && performance.now() < deadline) await Bun.sleep(10);
	}

	#send(): void {
		const due = Math.floor((performance.now() - this.#begun) * (PER_SECOND / 1000));
		for (; this.sent < due; this.sent++) {
			const topic = this.#topics[this.sent % this.#topics.length] ?? "";
			this.#source.sendFrame(publishFrame(topic, `[${performance.now()}]`), 0);
		}
	}

	readonly #begun = performance.now();

	#onMessage(payload: Buffer): void {
		this.received += 1;
		this.#took.push(performance.now() - Number(payload.subarray(1, -1).toString()));
	}
}

/** Devices that come and go, graphs that change, until told to stop. */
class Churn {
	changes = 0;
	#over = false;
	#work: Promise<unknown> = Promise.resolve();

	async start(target: Target): Promise<void> {
		const device = await TestDevice.register(target);
		await device.say("online");
		this.#work = Promise.all([this.#devices(target), this.#graphs(device)]);
	}

	async stop(): Promise<void> {
		this.#over = true;
		await this.#work;
	}

	async #devices(target: Target): Promise<void> {
		while (!this.#over) {
			const device = await TestDevice.register(target, {}, randomUUID());
			await device.say("online");
			await Bun.sleep(200);
			await device.say("offline");
			await device.client.end();
			await call(target, "DELETE", `/${device.id}`, { rev: device.rev });
			this.changes += 1;
		}
	}

	/** One graph is drawn, gets another function, loses a link and goes, a step each second. */
	async #graphs(device: TestDevice): Promise<void> {
		for (let turn = 0; !this.#over; turn++) {
			const graph = await TestGraph.open(device.client, "soak", `churn-${turn}`);
			const code = `def run(*x): return ${turn}\n`;
			const idf = { da_id: device.id, idf: "x" };
			await graph.ok({ op: "attach" });
			const [digest] = await graph.addFunctions(code, "def run(*x): return x\n");
			await graph.ok({ op: "add_link", ...idf, func: digest });
			await graph.ok({ op: "add_link", da_id: device.id, odf: "y" });
			await this.#pause();
			await graph.ok({ op: "set_df_func", ...idf, new: digestOf("def run(*x): return x\n") });
			await this.#pause();
			await graph.ok({ op: "rm_link", ...idf });
			await graph.ok({ op: "rm_funcs", digests: [digest] });
			await this.#pause();
			await graph.ok({ op: "detach" });
			await device.client.unsubscribe(graph.response);
			device.client.inbox.clear();
			this.changes += 4;
		}
	}

	async #pause(): Promise<void> {
		if (!this.#over) await Bun.sleep(1000);
	}
}

/** The least of each half minute: what is left when garbage has been collected. */
function valleys(samples: readonly Sample[], value: (sample: Sample) => number): Sample[] {
	const groups = Map.groupBy(samples, ({ second }) => Math.floor(second / 30));
	return [...groups.values()].map((group) =>
		group.reduce((least, sample) => (value(sample) < value(least) ? sample : least)),
	);
}

/** Growth of the second half in MiB an hour, by least squares over the valleys. */
function slope(samples: readonly Sample[], value: (sample: Sample) => number): number {
	const lows = valleys(samples, value);
	const half = lows.slice(Math.floor(lows.length / 2));
	if (half.length < 3) return Number.NaN;
	const meanX = half.reduce((sum, { second }) => sum + second, 0) / half.length;
	const meanY = half.reduce((sum, sample) => sum + value(sample), 0) / half.length;
	let above = 0;
	let below = 0;
	for (const sample of half) {
		above += (sample.second - meanX) * (value(sample) - meanY);
		below += (sample.second - meanX) ** 2;
	}
	return (above / below) * 3600;
}

function draw(file: string, samples: readonly Sample[]): void {
	const line = (name: string, value: (sample: Sample) => number) => ({
		name,
		points: samples.map((sample) => [sample.second / 60, value(sample)] as const),
	});
	const panels: Panel[] = [
		{
			title: "Memory (PSS)",
			xName: "minutes",
			yName: "MiB",
			series: [
				line("server", ({ serverMiB }) => serverMiB),
				line("function engine", ({ engineMiB }) => engineMiB),
			],
		},
		{
			title: "Latency through a Python function",
			xName: "minutes",
			yName: "ms",
			isLog: true,
			series: [line("p50", ({ p50 }) => p50), line("p99", ({ p99 }) => p99)],
		},
		{
			title: "Messages received",
			xName: "minutes",
			yName: "per second",
			series: [line("received", ({ received }) => received)],
		},
	];
	drawChart(file, `${PER_SECOND} messages a second, devices and graphs changing`, panels);
}

async function sample(second: number, server: number, engine: number, traffic: Traffic) {
	const took = traffic.take();
	const at = (share: number) => took[Math.floor((took.length - 1) * share)] ?? 0;
	return {
		second,
		serverMiB: proportionalMiB(server),
		engineMiB: proportionalMiB(engine),
		received: took.length,
		p50: at(0.5),
		p99: at(0.99),
	};
}

test(
	`${MINUTES} minutes of ${PER_SECOND} messages a second`,
	async () => {
		const target = await startBinary({ log: { level: "info", format: "json" } });
		const server = target.process?.pid ?? 0;
		const traffic = await Traffic.start(target);
		const engine = Number(/"engine":(\d+).*engine ready/.exec(target.log())?.[1]);

		// First nothing but data and the presence of ten devices: the disk must not notice.
		await Bun.sleep(2000);
		const before = bytesWritten(server);
		await Bun.sleep(QUIET_SECONDS * 1000);
		const quiet = bytesWritten(server) - before;
		traffic.take();

		const churn = new Churn();
		await churn.start(target);
		const samples: Sample[] = [];
		const begun = performance.now();
		for (let second = 1; second <= MINUTES * 60; second++) {
			await Bun.sleep(begun + second * 1000 - performance.now());
			samples.push(await sample(second, server, engine, traffic));
		}
		await churn.stop();
		await traffic.stop();
		const { json } = await call(target, "GET", "/api/status");
		const { dropped } = (json as unknown as StatusView).messages;
		const churned = bytesWritten(server) - before - quiet;
		const middle = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
		console.log(
			[
				`${MINUTES} min: ${traffic.sent} sent, ${traffic.sent - traffic.received} lost (dropped by limits: ${JSON.stringify(dropped)}), ${churn.changes} changes`,
				`  latency of a second: median p50 ${middle(samples.map(({ p50 }) => p50)).toFixed(2)} ms, median p99 ${middle(samples.map(({ p99 }) => p99)).toFixed(2)} ms`,
				`  memory: server ${samples[0]?.serverMiB.toFixed(0)} -> ${samples.at(-1)?.serverMiB.toFixed(0)} MiB (${slope(samples, ({ serverMiB }) => serverMiB).toFixed(1)} MiB/h), engine ${samples[0]?.engineMiB.toFixed(0)} -> ${samples.at(-1)?.engineMiB.toFixed(0)} MiB (${slope(samples, ({ engineMiB }) => engineMiB).toFixed(1)} MiB/h), second half`,
				`  disk: ${quiet} bytes in ${QUIET_SECONDS} s of data alone; ${Math.round(((churned / MINUTES) * 60) / 1024)} KiB/h with the changes`,
			].join("\n"),
		);
		if (CHART !== undefined) draw(CHART, samples);
		expect(ownFailures(target)).toEqual([]);
		expect(quiet).toBe(0);
		// A machine that stood still for two seconds brings a burst, and the queue's newest win: told, not lost.
		expect(traffic.sent - traffic.received).toBe(dropped.queue ?? 0);
		await target.dispose();
	},
	ENDURANCE_MS,
);
