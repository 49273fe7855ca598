// Health, metrics, read-only JSON and the live page's events, over the wire.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ChangesView, GraphView, StatusView } from "../../src/contract/views.ts";
import { Flow } from "../support/flow.ts";
import { call, digestOf } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { startTarget, type Target, TESTS_EXTERNAL } from "../support/target.ts";
import { Inbox, until } from "../support/waiting.ts";

const DIVIDE = "def run(x):\n    return 10 / x\n";

let target: Target;
let flow: Flow;
beforeAll(async () => {
	target = await startTarget();
	flow = await Flow.build(target, { idfs: [{ code: DIVIDE }], odfs: [{}] });
	await flow.expect([5], [2]);
});
afterAll(async () => {
	await flow.device.client.end();
	await target.dispose();
});

const get = async <T>(path: string) => JSON.parse((await call(target, "GET", path)).text) as T;

/** The value of a metric, labels included in its name. */
async function metric(name: string): Promise<number> {
	const { text } = await call(target, "GET", "/metrics");
	return Number(
		text
			.split("\n")
			.find((line) => line.startsWith(`${name} `))
			?.split(" ")[1],
	);
}

/** Only the difference: a client of another run on this machine may look for its server at a port that is ours now. */
async function countsOneMoreClient(): Promise<void> {
	const before = await metric("iotctl_mqtt_clients");
	expect(before).toBeGreaterThanOrEqual(1);
	const another = await TestClient.connect(target.mqtt);
	expect(await metric("iotctl_mqtt_clients")).toBe(before + 1);
	await another.end();
}

/** Server-sent events of the live page. */
async function openEvents() {
	const response = await fetch(`${target.http}/api/events`);
	expect(response.headers.get("content-type")).toBe("text/event-stream");
	const events = new Inbox<ChangesView>();
	const reader = (response.body ?? new ReadableStream()).getReader();
	void (async () => {
		let rest = "";
		for (;;) {
			const { value, done } = await reader.read();
			if (done) return;
			const parts = (rest + new TextDecoder().decode(value)).split("\n\n");
			rest = parts.pop() ?? "";
			for (const part of parts) events.add(JSON.parse(part.replace(/^event: change\ndata: /, "")));
		}
	})();
	return { events, close: () => reader.cancel() };
}

describe("monitoring", () => {
	test("the status counts devices, graphs, functions and messages", async () => {
		const before = await get<StatusView>("/api/status");
		await flow.expect([5], [2]);
		const status = await get<StatusView>("/api/status");
		expect(status).toMatchObject({
			devices: { online: 1, known: 1 },
			graphs: 1,
			functions: 1,
			broker: { kind: TESTS_EXTERNAL ? "external" : "embedded" },
			engine: { state: "ready", restarts: 0 },
			warnings: [],
		});
		const { received, published } = before.messages;
		expect(status.messages).toMatchObject({
			received: received + 1,
			published: published + 1,
			waiting: 0,
		});
		expect(status.http).toBe(target.http);
	});

	test("graphs show links, topics and counts, and the last error with its line", async () => {
		const [before] = await get<GraphView[]>("/api/graphs");
		const counts = {
			idf: before?.idfs[0]?.messages ?? 0,
			odf: before?.odfs[0]?.messages ?? 0,
			dropped: before?.dropped ?? 0,
		};
		await flow.send([0]);
		await flow.expect([2], [5]);
		const [graph] = await get<GraphView[]>("/api/graphs");
		expect(graph?.idfs).toMatchObject([
			{
				da_id: flow.device.id,
				device: "BetaCat",
				feature: "idf0",
				topic: flow.idfTopics[0],
				func: digestOf(DIVIDE),
				messages: counts.idf + 2,
			},
		]);
		expect(graph?.odfs).toMatchObject([{ feature: "odf0", func: null, messages: counts.odf + 1 }]);
		expect(graph?.last_error).toMatchObject({
			kind: "exception",
			stage: "idf",
			digest: digestOf(DIVIDE),
			line: 2,
			source: "return 10 / x",
		});
		expect(graph?.dropped).toBe(counts.dropped + 1);
	});

	test("devices, functions and sources are JSON and text", async () => {
		expect(await get<unknown>("/api/devices")).toMatchObject([
			{ id: flow.device.id, state: "online", name: "BetaCat" },
		]);
		expect(await get<unknown>("/api/functions")).toEqual([
			{ digest: digestOf(DIVIDE), listed: true, bytes: DIVIDE.length, uses: 1 },
		]);
		const source = await call(target, "GET", `/api/functions/${digestOf(DIVIDE)}`);
		expect([source.text, source.headers.get("content-type")]).toEqual([
			DIVIDE,
			"text/plain; charset=utf-8",
		]);
		expect((await call(target, "GET", "/api/functions/none")).status).toBe(404);
	});

	test("metrics are in Prometheus' format and count what happens", async () => {
		const { headers } = await call(target, "GET", "/metrics");
		expect(headers.get("content-type")).toContain("text/plain; version=0.0.4");
		const dropped = 'iotctl_messages_dropped_total{reason="exception"}';
		await flow.send([0]);
		await flow.expect([1], [10]);
		const before = {
			published: await metric("iotctl_messages_published_total"),
			dropped: await metric(dropped),
		};
		await flow.send([0]);
		await flow.expect([1], [10]);
		expect(await metric("iotctl_messages_published_total")).toBe(before.published + 1);
		expect(await metric(dropped)).toBe(before.dropped + 1);
		expect(await metric('iotctl_devices{state="online"}')).toBe(1);
		expect(await metric('iotctl_engine_state{state="ready"}')).toBe(1);
		const all = await metric('iotctl_data_path_seconds_bucket{le="+Inf"}');
		expect(all).toBe(await metric("iotctl_data_path_seconds_count"));
		expect(all).toBe(await metric("iotctl_engine_messages_total"));
		expect(await metric("process_resident_memory_bytes")).toBeGreaterThan(1e7);
		expect(await metric("iotctl_ready")).toBe(1);
		if (!TESTS_EXTERNAL) await countsOneMoreClient();
	});

	test("the live page's first event holds everything, later ones what changed", async () => {
		const { events, close } = await openEvents();
		const first = await events.take("the first event");
		expect(Object.keys(first.devices)).toEqual([flow.device.id]);
		expect(Object.values(first.graphs)).toHaveLength(1);
		await flow.expect([4], [2.5]);
		const change = await events.take("a change", ({ graphs }) => Object.keys(graphs).length > 0);
		expect(Object.values(change.graphs)[0]).toMatchObject({
			idfs: [{ last: "[4]" }],
			odfs: [{ last: "[2.5]" }],
		});
		await flow.device.say("offline");
		const gone = await events.take("presence", ({ devices }) => Object.keys(devices).length > 0);
		expect(gone.devices[flow.device.id]).toMatchObject({ state: "offline" });
		await flow.device.say("online");
		await close();
		// Newest values are kept only while a page shows it.
		await until(
			async () => (await get<GraphView[]>("/api/graphs"))[0]?.idfs[0]?.last === null,
			"the values to be forgotten",
		);
	});

	test("pages of other origins may read health, but nothing of the rest", async () => {
		for (const path of ["/", "/metrics", "/api/status", "/api/log", "/api/graphs"]) {
			const { headers, status } = await call(target, "GET", path);
			expect([path, status, headers.get("access-control-allow-origin")]).toEqual([path, 200, null]);
		}
		const { headers, text } = await call(target, "GET", "/");
		expect(headers.get("content-security-policy")).toContain("default-src 'none'");
		expect(text).toContain("<title>IoTtalk</title>");
	});

	test("the twenty-first page is told that there are too many", async () => {
		const open = await Promise.all(Array.from({ length: 20 }, openEvents));
		expect((await call(target, "GET", "/api/events")).status).toBe(503);
		await Promise.all(open.map(({ close }) => close()));
		await until(async () => {
			const { status, body } = await fetch(`${target.http}/api/events`);
			await body?.cancel();
			return status === 200;
		}, "room for a page again");
	});
});
