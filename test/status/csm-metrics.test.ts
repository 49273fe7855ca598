import { expect, test } from "bun:test";
import type { Metric } from "../../src/kit/mod.ts";
import { type CsmMetricSources, csmMetrics } from "../../src/status/csm-metrics.ts";
import { startRegistry } from "../support/registry.ts";

const latency = { bounds: [0.001, 1], counts: [3, 2, 1], sum: 4.5 };
const engine = {
	state: "starting",
	pid: null,
	messages: 6,
	batches: 3,
	restarts: 1,
	functions: 2,
	busySeconds: 1.5,
} as const;
const dataPath: CsmMetricSources["dataPath"] = {
	stats: {
		received: 10,
		published: 9,
		dropped: new Map([
			["queue-per-link", 2],
			["exception", 1],
		]),
		waiting: 4,
		publishing: 5,
		latency,
		engine,
		engines: [{ ...engine, number: 1, graphs: 4 }],
	},
};

const http: CsmMetricSources["http"] = {
	streams: 3,
	counts: new Map([
		["up", 7],
		["refused", 2],
	]),
};

/** What a metric shows, whatever its kind. */
function shownBy(metric: Metric): unknown {
	if (metric.kind === "histogram") return metric.readCounts();
	if ("read" in metric) return metric.read();
	return "labels" in metric ? [...metric.readAll()] : Object.fromEntries(metric.readEach());
}

const shown = (metrics: readonly Metric[]) =>
	Object.fromEntries(metrics.map((metric) => [metric.name, shownBy(metric)]));

const asked = { counts: new Map([["login allowed", 1]]) };

test("devices, graphs, messages and the engine are shown as they are when asked", async () => {
	const registry = await startRegistry();
	try {
		const { devices } = registry;
		const metrics = csmMetrics({ devices, http, graphs: { list: () => [] }, dataPath, asked });
		expect(shown(metrics)).toEqual({
			iotctl_devices: { online: 0, offline: 0 },
			iotctl_registrations_total: 0,
			iotctl_graphs: 0,
			iotctl_http_device_streams: 3,
			iotctl_http_device_requests_total: { up: 7, refused: 2 },
			iotctl_broker_answers_total: { "login allowed": 1 },
			iotctl_messages_received_total: 10,
			iotctl_messages_published_total: 9,
			iotctl_messages_dropped_total: { "queue-per-link": 2, exception: 1 },
			iotctl_messages_waiting: 4,
			iotctl_messages_publishing: 5,
			iotctl_data_path_seconds: latency,
			iotctl_engine_state: { off: 0, starting: 1, ready: 0 },
			iotctl_engine_messages_total: 6,
			iotctl_engine_batches_total: 3,
			iotctl_engine_busy_seconds_total: 1.5,
			iotctl_engine_restarts_total: 1,
			iotctl_engine_functions: 2,
			iotctl_engine_graphs: 4,
		});
		await registry.register("01234567-89ab-4def-8123-456789abcdef");
		await registry.register("11234567-89ab-4def-8123-456789abcdef");
		await registry.register("11234567-89ab-4def-8123-456789abcdef");
		expect(shown(metrics)).toMatchObject({
			iotctl_devices: { online: 0, offline: 2 },
			iotctl_registrations_total: 3,
		});
	} finally {
		await registry.dispose();
	}
});
