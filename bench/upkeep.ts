// What is not throughput: registrations, changing a function under load, many graphs, memory over millions.
import { readArguments } from "../scripts/program-arguments.ts";
import { body, call, digestOf, TestDevice, TestGraph } from "../test/support/gateway.ts";
import { type IniChanges, startBinary } from "../test/support/target.ts";
import { atLeast, atMost, type Finding, MB_PER_MIB, print } from "./finding.ts";
import { iotctl, measure, memoryMiB, SEED } from "./servers.ts";

const CONNECTIONS = 64;
const REGISTRATION_SECONDS = 5;
const CHANGE_EVERY_MS = 200;
const MESSAGES = 5_000_000;
const WINDOW = { payload: "42", qos: 0, window: 256, warmupSeconds: 0 } as const;

/** `csm.md §3.2`: how long the first CONNECT waits after `online`. */
const CONNECT_WAIT_MS = 100;

/** Measures it all, one after the other; about two minutes. */
export async function upkeep(): Promise<Finding[]> {
	return [
		await registrations(),
		...(await changingFunction()),
		...(await hundredGraphs()),
		await manyMessages(),
	];
}

/**
 * Registrations a second over so many connections; each is on disk before it is answered.
 * @param more Keys of the ini, such as another database.
 */
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
	const what = `durable registrations a second, ${CONNECTIONS} connections`;
	const more99 = `, p99 ${p99.toFixed(1)} ms`;
	return atLeast(what, took.length / seconds, 3000, { unit: "", more: more99 });
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
	const lost = busy.sent - busy.received;
	return [
		{
			what: `set_df_func at 5,000 messages/s, ${changes} times`,
			measured: `${lost} lost, longest gap ${busy.gap.toFixed(1)} ms (without changes ${quiet.gap.toFixed(1)})`,
			target: "0 lost, ≤ 50 ms",
			isMet: lost === 0 && busy.gap <= 50,
		},
	];
}

async function hundredGraphs(): Promise<Finding[]> {
	const subject = await iotctl("100 graphs", SEED, 100);
	await measure(subject, { ...WINDOW, seconds: 2 });
	const memory = Object.entries(subject.pids()).map(
		([name, pid]) => [name, memoryMiB(pid) * MB_PER_MIB] as const,
	);
	await subject.stop();
	const sum = memory.reduce((all, [, mb]) => all + mb, 0);
	const each = memory.map(([name, mb]) => `${name} ${Math.round(mb)}`).join(", ");
	return [
		atMost("memory with 100 graphs under load (PSS)", sum, 280, {
			unit: "MB",
			more: ` (${each})`,
		}),
		atMost(
			"100 graphs drawn by one client, beyond the 100 ms of csm.md §3.2",
			(subject.drawnMs - CONNECT_WAIT_MS) / 1000,
			1.5,
			{ unit: "s", digits: 2 },
		),
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
				"Measures registrations, changing a function under load, 100 graphs, and memory over millions of messages.",
		},
		{},
	);
	print(await upkeep());
	process.exit(0);
}
