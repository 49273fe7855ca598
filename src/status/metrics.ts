import { readdirSync } from "node:fs";
import { Counter, Gauge, Registry } from "prom-client";
import type { Devices, GraphApi } from "../csm/mod.ts";
import type { DataPath } from "../dataflow/mod.ts";
import { VERSION } from "../kit/mod.ts";
import type { BrokerAdmin, BrokerHealth } from "../mqtt/mod.ts";
import type { Lag } from "./lag.ts";
import { LatencyMetric } from "./latency-metric.ts";

export interface MetricSources {
	readonly devices: Devices;
	readonly graphs: GraphApi;
	readonly dataPath: DataPath;
	readonly broker: BrokerAdmin & BrokerHealth;
	readonly problems: () => readonly string[];
	readonly lag: Lag;
}

export interface Metrics {
	text(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Everything `GET /metrics` shows. Numbers are read when somebody asks, so counting costs the data path nothing. */
export function makeMetrics(sources: MetricSources): Metrics {
	const { devices, graphs, dataPath, broker, problems, lag } = sources;
	const registry = new Registry();
	const gauge = (name: string, help: string, read: () => number | null) =>
		new Gauge({
			name,
			help,
			registers: [registry],
			collect() {
				const value = read();
				if (value !== null) this.set(value);
			},
		});
	const counter = (name: string, help: string, read: () => number | null) =>
		new Counter({
			name,
			help,
			registers: [registry],
			collect() {
				const value = read();
				if (value === null) return;
				this.reset();
				this.inc(value);
			},
		});
	/** One figure for each value of a label. */
	const labelled = (
		kind: typeof Counter | typeof Gauge,
		name: string,
		help: string,
		label: string,
		read: () => Iterable<readonly [string, number]>,
	) =>
		new kind({
			name,
			help,
			labelNames: [label],
			registers: [registry],
			collect() {
				this.reset();
				for (const [value, n] of read()) this.inc({ [label]: value }, n);
			},
		});

	new Gauge({
		name: "iotctl_info",
		help: "Version.",
		labelNames: ["version"],
		registers: [registry],
	}).set({ version: VERSION }, 1);
	gauge("iotctl_ready", "1 while the server can do its work.", () =>
		problems().length === 0 ? 1 : 0,
	);
	labelled(Gauge, "iotctl_devices", "Registered devices by presence.", "state", () => {
		const counts = new Map([
			["online", 0],
			["offline", 0],
		]);
		for (const { presence } of devices.list()) {
			counts.set(presence, (counts.get(presence) ?? 0) + 1);
		}
		return counts;
	});
	counter(
		"iotctl_registrations_total",
		"Registrations and re-registrations.",
		() => devices.registrations,
	);
	gauge("iotctl_graphs", "Attached graphs.", () => graphs.list().length);

	const stats = () => dataPath.stats;
	counter("iotctl_messages_received_total", "Data messages graphs took.", () => stats().received);
	counter(
		"iotctl_messages_published_total",
		"Data messages graphs published.",
		() => stats().published,
	);
	labelled(
		Counter,
		"iotctl_messages_dropped_total",
		"Data messages that came to nothing, by reason.",
		"reason",
		() => stats().dropped,
	);
	gauge("iotctl_messages_waiting", "Messages that wait for functions.", () => stats().waiting);
	gauge(
		"iotctl_messages_publishing",
		"Results the broker has not taken yet.",
		() => stats().publishing,
	);
	new LatencyMetric(registry, () => stats().latency);
	labelled(
		Gauge,
		"iotctl_engine_state",
		"1 for the state the function engine is in.",
		"state",
		() =>
			(["off", "starting", "ready"] as const).map(
				(state) => [state, stats().engine.state === state ? 1 : 0] as const,
			),
	);
	counter(
		"iotctl_engine_messages_total",
		"Messages the engine worked on.",
		() => stats().engine.messages,
	);
	counter(
		"iotctl_engine_batches_total",
		"Batches handed to the engine.",
		() => stats().engine.batches,
	);
	counter(
		"iotctl_engine_restarts_total",
		"Engines that were replaced.",
		() => stats().engine.restarts,
	);
	gauge(
		"iotctl_engine_functions",
		"Functions made ready in the engine.",
		() => stats().engine.functions,
	);

	gauge("iotctl_mqtt_clients", "Connected MQTT clients.", () => broker.stats.clients);
	counter(
		"iotctl_mqtt_received_total",
		"MQTT messages clients published.",
		() => broker.stats.received,
	);
	gauge("iotctl_mqtt_retained", "Retained messages.", () => broker.stats.retained);
	gauge(
		"iotctl_mqtt_subscriptions",
		"Topic filters of all clients.",
		() => broker.stats.subscriptions,
	);
	counter(
		"iotctl_handler_failures_total",
		"Messages on which a handler of the server failed; each is in the log.",
		() => broker.handlerFailures,
	);
	addProcess(gauge, counter, lag);
	return {
		text: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
	};
}

type Add = (name: string, help: string, read: () => number | null) => unknown;

/** prom-client's own list asks Node.js for what Bun does not have. */
function addProcess(gauge: Add, counter: Add, lag: Lag): void {
	const startSeconds = Date.now() / 1000 - process.uptime();
	gauge("process_start_time_seconds", "Unix time of the start.", () => startSeconds);
	gauge("process_resident_memory_bytes", "Resident memory.", () => process.memoryUsage.rss());
	counter("process_cpu_seconds_total", "Processor time, user and system.", () => {
		const { user, system } = process.cpuUsage();
		return (user + system) / 1e6;
	});
	gauge("process_open_fds", "Open file descriptors.", openFiles);
	gauge(
		"process_event_loop_lag_seconds",
		"How late the event loop's last timer was.",
		() => lag.seconds,
	);
}

function openFiles(): number | null {
	try {
		return readdirSync("/proc/self/fd").length;
	} catch {
		return null;
	}
}
