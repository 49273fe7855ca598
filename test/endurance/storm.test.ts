// A restart with many devices, which all come back at once: every one is CONNECTed again, and how soon.
// IOTCTL_DEVICES sets how many (npm run test:storm: 1000).
import { expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { body, call, TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { RawClient } from "../support/raw-mqtt.ts";
import { startBinary, type Target } from "../support/target.ts";
import { ENDURANCE_MS, LONG_DEADLINE_MS, within } from "../support/waiting.ts";

const DEVICES = Number(process.env.IOTCTL_DEVICES ?? 50);
const FEATURES = 4;
const GRAPHS = 20;
const AT_A_TIME = 32;

interface Device {
	readonly id: string;
	readonly rev: string;
}

/** Does something for every item, some at a time. */
async function forAll<T>(items: readonly T[], work: (item: T, n: number) => Promise<void>) {
	const queue = [...items.entries()];
	const worker = async () => {
		for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
			await work(next[1], next[0]);
		}
	};
	await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

async function register(target: Target): Promise<Device[]> {
	const devices: Device[] = [];
	await forAll(Array.from({ length: DEVICES }), async () => {
		const id = randomUUID();
		const { json } = await call(target, "PUT", `/${id}`, body({ name: undefined }));
		devices.push({ id, rev: String(json.rev) });
	});
	return devices;
}

async function link(target: Target, devices: readonly Device[]): Promise<void> {
	const client = await TestClient.connect(target.mqtt);
	const graphs = await Promise.all(
		Array.from({ length: GRAPHS }, () => TestGraph.open(client, "storm")),
	);
	await Promise.all(graphs.map((graph) => graph.ok({ op: "attach" })));
	await Promise.all(
		graphs.map(async (graph, which) => {
			for (const { id } of devices.filter((_, n) => n % GRAPHS === which)) {
				for (let feature = 0; feature < FEATURES; feature++) {
					const mode = feature % 2 === 0 ? "idf" : "odf";
					await graph.ok({ op: "add_link", da_id: id, [mode]: `f${feature}` });
				}
			}
		}),
	);
	await client.end();
}

/** Connects as the SDKs do, and resolves when all features have been CONNECTed. */
async function comeBack(port: number, { id, rev }: Device): Promise<RawClient> {
	const all = Promise.withResolvers<void>();
	const connected = new Set<string>();
	const client = await RawClient.connect({
		port,
		clientId: id,
		onMessage: (payload) => {
			const signal = JSON.parse(payload.toString());
			client.publish(`${id}/ctrl/i`, JSON.stringify({ msg_id: signal.msg_id, state: "ok" }), 2);
			connected.add(signal.topic);
			if (connected.size === FEATURES) all.resolve();
		},
	});
	await client.subscribe(`${id}/ctrl/o`, 2);
	client.publish(`${id}/ctrl/i`, JSON.stringify({ state: "online", rev }), 2, true);
	await within(all.promise, `the CONNECTs of ${id}`, LONG_DEADLINE_MS);
	return client;
}

test(
	`${DEVICES} devices with ${FEATURES} features each are CONNECTed again after a restart`,
	async () => {
		let target = await startBinary({ log: { level: "warn" }, core: { "max-devices": 100_000 } });
		const devices = await register(target);
		await link(target, devices);
		target.process?.kill("SIGKILL");
		await target.process?.exited;

		const starting = performance.now();
		target = await target.restart();
		const ready = performance.now();
		const port = Number(new URL(target.mqtt).port);
		const took: number[] = [];
		const clients = await Promise.all(
			devices.map(async (device) => {
				const client = await comeBack(port, device);
				took.push(performance.now() - ready);
				return client;
			}),
		);
		took.sort((a, b) => a - b);
		const at = (share: number) => Math.round(took[Math.floor((took.length - 1) * share)] ?? 0);
		console.log(
			`${DEVICES} devices: server ready after ${Math.round(ready - starting)} ms, all CONNECTed after it: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, last ${at(1)} ms`,
		);
		expect(took).toHaveLength(DEVICES);
		for (const client of clients) client.terminate();
		await target.dispose();
	},
	ENDURANCE_MS,
);
