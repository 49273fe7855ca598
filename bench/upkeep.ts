// What is not throughput: start, idle, registrations, changing a function under load, memory over millions.

import { readFileSync } from "node:fs";
import { Socket } from "node:net";
import { readArguments } from "../scripts/program-arguments.ts";
import { body, call, digestOf, TestDevice, TestGraph } from "../test/support/gateway.ts";
import { type IniChanges, spawnBinary, startBinary } from "../test/support/target.ts";
import {
	anonymousMiB,
	cpuSeconds,
	iotctl,
	measure,
	memoryMiB,
	residentMiB,
	SEED,
} from "./servers.ts";

/** A line of the results. */
export interface Finding {
	readonly what: string;
	readonly measured: string;
	readonly target: string;
}

const STARTS = 11;
const CONNECTIONS = 64;
const REGISTRATION_SECONDS = 5;
const CHANGE_EVERY_MS = 200;
const MESSAGES = 5_000_000;
const WINDOW = { payload: "42", qos: 0, window: 256, warmupSeconds: 0 } as const;

/** Measures it all, one after the other; about two minutes. */
export async function upkeep(): Promise<Finding[]> {
	return [
		...(await starting()),
		await registrations(),
		...(await changingFunction()),
		...(await hundredGraphs()),
		await manyMessages(),
	];
}

/** The median. */
export function middle(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/**
 * From the start of the process to its first HTTP 200, with the database kept; and its memory with nothing to do.
 * @param more Keys of the ini, such as another database.
 */
export async function starting(more: IniChanges = {}, starts = STARTS): Promise<Finding[]> {
	const first = await startBinary(more);
	const port = Number(new URL(first.http).port);
	await Bun.sleep(2000);
	const { pid } = first.process ?? {};
	const resident = pid === undefined ? Number.NaN : residentMiB(pid);
	const anonymous = pid === undefined ? Number.NaN : anonymousMiB(pid);
	const ini = `${first.userdir}/test.ini`;
	await first.stop();
	const text = readFileSync(ini, "utf8");
	await Bun.write(ini, text.replace("http-port = 0", `http-port = ${port}`));
	const took: number[] = [];
	let cpu = 0;
	for (let n = 0; n < starts; n++) {
		const begun = performance.now();
		const starting = spawnBinary(ini);
		await answered(port);
		took.push(performance.now() - begun);
		const started = await starting;
		cpu += cpuSeconds(started.process.pid);
		await started.stop();
	}
	await first.dispose();
	const all = took.map((ms) => Math.round(ms)).sort((a, b) => a - b);
	return [
		{
			what: "start to first HTTP 200",
			measured: `${Math.round(middle(took))} ms (${all[0]}–${all.at(-1)})`,
			target: "≤ 60 ms",
		},
		{
			what: "processor time of a start",
			measured: `${Math.round((cpu / starts) * 1000)} ms`,
			target: "≤ 60 ms",
		},
		{ what: "resident when idle", measured: `${Math.round(resident)} MiB`, target: "≤ 60 MB" },
		{
			what: "anonymous memory when idle",
			measured: `${anonymous.toFixed(1)} MiB`,
			target: "≤ 16 MiB",
		},
	];
}

/** Resolves when the port answers 200; asks again as soon as it was refused. */
async function answered(port: number): Promise<void> {
	for (;;) {
		const said = await new Promise<string>((resolve) => {
			const socket = new Socket();
			socket.on("error", () => resolve(""));
			socket.on("data", (chunk) => {
				socket.destroy();
				resolve(chunk.toString("latin1", 0, 15));
			});
			socket.connect(port, "127.0.0.1", () => {
				socket.write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
			});
		});
		if (said.includes("200")) return;
		await Bun.sleep(1);
	}
}

/** Registrations a second over so many connections; each is on disk before it is answered. @param more As above. */
export async function registrations(
	more: IniChanges = {},
	seconds = REGISTRATION_SECONDS,
): Promise<Finding> {
	const target = await startBinary({
		...more,
		log: { level: "info", format: "json" },
		core: { "max-devices": 100_000 },
	});
	const until = performance.now() + seconds * 1000;
	const took: number[] = [];
	const one = async () => {
		while (performance.now() < until) {
			const begun = performance.now();
			const { status } = await call(target, "PUT", `/${crypto.randomUUID()}`, body());
			if (status !== 200) throw new Error(`PUT answered ${status}`);
			took.push(performance.now() - begun);
		}
	};
	await Promise.all(Array.from({ length: CONNECTIONS }, one));
	await target.dispose();
	const p99 = took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.99)] ?? 0;
	return {
		what: `durable registrations, ${CONNECTIONS} connections`,
		measured: `${Math.round(took.length / seconds).toLocaleString("en")}/s, p99 ${p99.toFixed(1)} ms`,
		target: "≥ 3,000/s",
	};
}

/** The IDF's function is replaced several times a second while data flows. */
async function changingFunction(): Promise<Finding[]> {
	const target = await startBinary({ log: { level: "info", format: "json" } });
	const device = await TestDevice.register(target);
	await device.say("online");
	const graph = await TestGraph.open(device.client);
	await graph.ok({ op: "attach" });
	const codes = ["def run(x): return int(x)\n", "def run(x): return int(x) + 0\n"];
	const digests = await graph.addFunctions(...codes);
	const key = { da_id: device.id, idf: "in" };
	await graph.ok({ op: "add_link", ...key, func: digestOf(codes[0] ?? "") });
	const to = String((await device.signal()).topic);
	await graph.ok({ op: "add_link", da_id: device.id, odf: "out", func: null });
	const from = String((await device.signal()).topic);
	const subject = {
		name: "changing",
		port: Number(new URL(target.mqtt).port),
		pairs: [{ to, from }],
		pids: () => ({}),
		stop: () => target.dispose(),
	};
	const load = { payload: "42", qos: 0, rate: 5000, seconds: 6, warmupSeconds: 1 } as const;
	const quiet = await measure(subject, load);
	const running = measure(subject, load);
	let changes = 0;
	let over = false;
	void running.finally(() => {
		over = true;
	});
	while (!over) {
		const prev = digests[changes % 2];
		changes += 1;
		await graph.ok({ op: "set_df_func", ...key, prev, new: digests[changes % 2] });
		await Bun.sleep(CHANGE_EVERY_MS);
	}
	const busy = await running;
	await device.client.end();
	await subject.stop();
	return [
		{
			what: `set_df_func at 5,000 messages/s, ${changes} times`,
			measured: `${busy.sent - busy.received} lost, longest gap ${busy.gap.toFixed(1)} ms (without changes ${quiet.gap.toFixed(1)})`,
			target: "0 lost, ≤ 50 ms",
		},
	];
}

async function hundredGraphs(): Promise<Finding[]> {
	const begun = performance.now();
	const subject = await iotctl("100 graphs", SEED, 100);
	const setUp = performance.now() - begun;
	await measure(subject, { ...WINDOW, seconds: 2 });
	const memory = Object.entries(subject.pids()).map(
		([name, pid]) => [name, memoryMiB(pid)] as const,
	);
	await subject.stop();
	const sum = memory.reduce((all, [, mib]) => all + mib, 0);
	return [
		{
			what: "memory with 100 graphs under load (PSS)",
			measured: `${Math.round(sum)} MiB (${memory.map(([name, mib]) => `${name} ${Math.round(mib)}`).join(", ")})`,
			target: "≤ 300 MB",
		},
		{
			what: "100 graphs drawn over the graph API",
			measured: `${(setUp / 1000).toFixed(1)} s, start included`,
			target: "–",
		},
	];
}

/** Memory after each half million of five million messages. */
async function manyMessages(): Promise<Finding> {
	const subject = await iotctl("five million", SEED);
	let count = 0;
	const server: number[] = [];
	const engine: number[] = [];
	while (count < MESSAGES) {
		const { sent, memoryOf } = await measure(subject, { ...WINDOW, seconds: 2 });
		count += sent;
		server.push(memoryOf.server ?? 0);
		engine.push(memoryOf.engine ?? 0);
	}
	await subject.stop();
	const path = (all: readonly number[]) =>
		[0, 0.25, 0.5, 0.75, 1].map((at) => Math.round(all[Math.round(at * (all.length - 1))] ?? 0));
	return {
		what: `memory over ${(count / 1e6).toFixed(1)} million messages (PSS, MiB, at 0, ¼, ½, ¾ and the end)`,
		measured: `server ${path(server).join(", ")}; engine ${path(engine).join(", ")}`,
		target: "flat",
	};
}

if (import.meta.main) {
	readArguments(
		{
			usage: "bun bench/upkeep.ts",
			about:
				"Measures start, idle, registrations, changing a function under load, and memory over millions of messages.",
		},
		{},
	);
	for (const { what, measured, target } of await upkeep())
		console.log(`${what}: ${measured} (${target})`);
	process.exit(0);
}
