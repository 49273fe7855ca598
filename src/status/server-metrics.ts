import { readdirSync } from "node:fs";
import { type Metric, VERSION } from "../kit/mod.ts";
import type { BrokerAdmin, BrokerHealth } from "../mqtt/mod.ts";

export interface ServerMetricSources {
	readonly broker: BrokerAdmin & BrokerHealth;
	readonly problems: () => readonly string[];
	/** How late the event loop is, seconds. */
	readonly lagSeconds: () => number;
}

/** What every server shows, whichever modules it has. */
export function serverMetrics({ broker, problems, lagSeconds }: ServerMetricSources): Metric[] {
	return [
		{
			kind: "gauge",
			name: "iotctl_info",
			help: "Version.",
			label: "version",
			readEach: () => [[VERSION, 1]],
		},
		{
			kind: "gauge",
			name: "iotctl_ready",
			help: "1 while the server can do its work.",
			read: () => (problems().length === 0 ? 1 : 0),
		},
		...brokerMetrics(broker),
		...processMetrics(lagSeconds),
	];
}

function brokerMetrics(broker: BrokerAdmin & BrokerHealth): Metric[] {
	return [
		{
			kind: "gauge",
			name: "iotctl_mqtt_clients",
			help: "Connected MQTT clients.",
			read: () => broker.stats.clients,
		},
		{
			kind: "counter",
			name: "iotctl_mqtt_received_total",
			help: "MQTT messages clients published.",
			read: () => broker.stats.received,
		},
		{
			kind: "gauge",
			name: "iotctl_mqtt_retained",
			help: "Retained messages.",
			read: () => broker.stats.retained,
		},
		{
			kind: "gauge",
			name: "iotctl_mqtt_subscriptions",
			help: "Topic filters of all clients.",
			read: () => broker.stats.subscriptions,
		},
		{
			kind: "counter",
			name: "iotctl_messages_acknowledged_early_total",
			help: "Data an external broker was told to forget before its results were handed over: a crash may lose it.",
			read: () => broker.stats.acknowledgedEarly,
		},
		{
			kind: "counter",
			name: "iotctl_handler_failures_total",
			help: "Messages on which a handler of the server failed; each is in the log.",
			read: () => broker.handlerFailures,
		},
	];
}

/** prom-client's own list asks Node.js for what Bun does not have. */
function processMetrics(lagSeconds: () => number): Metric[] {
	const startSeconds = Date.now() / 1000 - process.uptime();
	return [
		{
			kind: "gauge",
			name: "process_start_time_seconds",
			help: "Unix time of the start.",
			read: () => startSeconds,
		},
		{
			kind: "gauge",
			name: "process_resident_memory_bytes",
			help: "Resident memory.",
			read: () => process.memoryUsage.rss(),
		},
		{
			kind: "counter",
			name: "process_cpu_seconds_total",
			help: "Processor time, user and system.",
			read: () => {
				const { user, system } = process.cpuUsage();
				return (user + system) / 1e6;
			},
		},
		{
			kind: "gauge",
			name: "process_open_fds",
			help: "Open file descriptors.",
			read: openFiles,
		},
		{
			kind: "gauge",
			name: "process_event_loop_lag_seconds",
			help: "How late the event loop's last timer was.",
			read: lagSeconds,
		},
	];
}

function openFiles(): number | null {
	try {
		return readdirSync("/proc/self/fd").length;
	} catch {
		return null;
	}
}
