// bun bench/http-devices.ts [--seconds N]: what devices over HTTP cost (docs/adr/0020-devices-over-http.md). A class of 40
// phones sends to one lamp 10 times a second each, every phone over a graph of its own; then 200 devices, twice a second
// each, to ten lamps. Latency is from before the POST to the event at the lamp.
import { loadavg } from "node:os";
import { readArguments } from "../scripts/program-arguments.ts";
import { TestGraph } from "../test/support/gateway.ts";
import { HttpDevice } from "../test/support/http-device.ts";
import { TestClient } from "../test/support/mqtt.ts";
import { startBinary, type Target } from "../test/support/target.ts";
import { until } from "../test/support/waiting.ts";
import { cpuSeconds, memoryMiB } from "./servers.ts";

const { values } = readArguments(
	{
		usage: "bun bench/http-devices.ts [--seconds N]",
		about: "Measures what devices over HTTP cost.",
		numbers: ["seconds"],
	},
	{ seconds: { type: "string", default: "10" } },
);
const SECONDS = Number(values.seconds);
const DIM = "def run(t, n): return [t, n]\n";

interface Scene {
	readonly name: string;
	readonly phones: number;
	readonly lamps: number;
	/** Samples a second of each phone. */
	readonly rate: number;
	/** Whether values pass through Python. */
	readonly hasFunction: boolean;
}

const SCENES: readonly Scene[] = [
	{ name: "40 phones, no functions", phones: 40, lamps: 1, rate: 10, hasFunction: false },
	{ name: "40 phones, a function each", phones: 40, lamps: 1, rate: 10, hasFunction: true },
	{ name: "200 devices, no functions", phones: 200, lamps: 10, rate: 2, hasFunction: false },
];

/** Registers and links everything. @returns phones, lamps and the seconds it took to register the phones at once. */
async function setUp(target: Target, client: TestClient, scene: Scene) {
	const begun = performance.now();
	const register = () => HttpDevice.register(target.http);
	const phones = await Promise.all(Array.from({ length: scene.phones }, register));
	const seconds = (performance.now() - begun) / 1000;
	const lamps = await Promise.all(Array.from({ length: scene.lamps }, register));
	for (const [n, { id }] of phones.entries()) {
		const graph = await TestGraph.open(client);
		await graph.ok({ op: "attach" });
		const [func = null] = scene.hasFunction ? await graph.addFunctions(DIM) : [];
		await graph.ok({ op: "add_link", da_id: id, idf: "Color-I1", func });
		const lamp = lamps[n % lamps.length]?.id;
		await graph.ok({ op: "add_link", da_id: lamp, odf: "Color-O", func: null });
	}
	return { phones, lamps, seconds };
}

/** Sends at an even rate, whatever the answers. */
async function play(phone: HttpDevice, { rate }: Scene, count: { sent: number; failed: number }) {
	const everyMs = 1000 / rate;
	const pending: Promise<unknown>[] = [];
	const begun = performance.now() + Math.random() * everyMs;
	for (let n = 0; n < SECONDS * rate; n++) {
		await Bun.sleep(Math.max(0, begun + n * everyMs - performance.now()));
		count.sent += 1;
		const answer = phone.send([["Color-I1", [performance.now(), n]]]);
		const noted = answer.then(({ status }) => {
			if (status !== 204) count.failed += 1;
		});
		pending.push(noted);
	}
	await Promise.all(pending);
}

async function run(scene: Scene): Promise<void> {
	const target = await startBinary();
	const client = await TestClient.connect(target.mqtt);
	const { phones, lamps, seconds } = await setUp(target, client, scene);
	const latencies: number[] = [];
	const streams = await Promise.all(lamps.map((lamp) => lamp.listen()));
	for (const { inbox } of streams) {
		inbox.add = ({ event, data }) => {
			if (event !== "data" || !Array.isArray(data)) return;
			latencies.push(performance.now() - Number(data[1][0]));
		};
	}
	const pid = target.process?.pid ?? 0;
	const cpu = cpuSeconds(pid);
	const begun = performance.now();
	const count = { sent: 0, failed: 0 };
	await Promise.all(phones.map((phone) => play(phone, scene, count)));
	await until(() => latencies.length >= count.sent - count.failed, "the last samples").catch(
		() => {},
	);
	const share = (cpuSeconds(pid) - cpu) / ((performance.now() - begun) / 1000);
	const sorted = latencies.toSorted((a, b) => a - b);
	const at = (part: number) =>
		(sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN).toFixed(1);
	console.log(
		[
			`${scene.name}: ${latencies.length} of ${count.sent} arrived, ${count.failed} refused`,
			`p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms`,
			`${(share * 100).toFixed(0)} % of a core (server without engine), ${memoryMiB(pid).toFixed(0)} MiB`,
			`registered at once in ${seconds.toFixed(2)} s (load ${loadavg()[0]?.toFixed(1)})`,
		].join("; "),
	);
	for (const stream of streams) stream.leave();
	await client.end();
	await target.dispose();
}

for (const scene of SCENES) await run(scene);
process.exit(0);
