import type { Devices, GraphApi, HttpDevices } from "../csm/mod.ts";
import type { DataPath } from "../dataflow/mod.ts";
import type { Metric } from "../kit/mod.ts";
import { engineMetrics } from "./engine-metrics.ts";

export interface CsmMetricSources {
	readonly devices: Pick<Devices, "list" | "registrations">;
	readonly http: Pick<HttpDevices, "streams" | "counts">;
	readonly graphs: Pick<GraphApi, "list">;
	readonly dataPath: Pick<DataPath, "stats">;
	/** What an external broker was answered; undefined: none may ask. */
	readonly asked: { readonly counts: ReadonlyMap<string, number> } | undefined;
}

/** What a server with devices and graphs shows. */
export function csmMetrics({ devices, http, graphs, dataPath, asked }: CsmMetricSources): Metric[] {
	return [
		{
			kind: "gauge",
			name: "iotctl_devices",
			help: "Registered devices by presence.",
			label: "state",
			readEach: () => {
				const counts = new Map([
					["online", 0],
					["offline", 0],
				]);
				for (const { presence } of devices.list()) {
					counts.set(presence, (counts.get(presence) ?? 0) + 1);
				}
				return counts;
			},
		},
		{
			kind: "counter",
			name: "iotctl_registrations_total",
			help: "Registrations and re-registrations.",
			read: () => devices.registrations,
		},
		{
			kind: "gauge",
			name: "iotctl_graphs",
			help: "Attached graphs.",
			read: () => graphs.list().length,
		},
		{
			kind: "gauge",
			name: "iotctl_http_device_streams",
			help: "Streams over which devices receive.",
			read: () => http.streams,
		},
		{
			kind: "counter",
			name: "iotctl_http_device_requests_total",
			help: "Requests of devices that send and receive over HTTP, by kind.",
			label: "kind",
			readEach: () => http.counts,
		},
		...(asked === undefined ? [] : [brokerMetric(asked)]),
		...messageMetrics(dataPath),
		...engineMetrics(() => dataPath.stats.engines),
	];
}

function brokerMetric(asked: NonNullable<CsmMetricSources["asked"]>): Metric {
	return {
		kind: "counter",
		name: "iotctl_broker_answers_total",
		help: "Answers to an external broker that asks about logins and topics, by what was asked and answered.",
		label: "answer",
		readEach: () => asked.counts,
	};
}

function messageMetrics(dataPath: Pick<DataPath, "stats">): Metric[] {
	return [
		{
			kind: "counter",
			name: "iotctl_messages_received_total",
			help: "Data messages graphs took.",
			read: () => dataPath.stats.received,
		},
		{
			kind: "counter",
			name: "iotctl_messages_published_total",
			help: "Data messages graphs published.",
			read: () => dataPath.stats.published,
		},
		{
			kind: "counter",
			name: "iotctl_messages_dropped_total",
			help: "Data messages that were dropped, by reason.",
			label: "reason",
			readEach: () => dataPath.stats.dropped,
		},
		{
			kind: "gauge",
			name: "iotctl_messages_waiting",
			help: "Messages that wait for functions.",
			read: () => dataPath.stats.waiting,
		},
		{
			kind: "gauge",
			name: "iotctl_messages_publishing",
			help: "Results the broker has not taken yet.",
			read: () => dataPath.stats.publishing,
		},
		{
			kind: "histogram",
			name: "iotctl_data_path_seconds",
			help: "From a message's arrival to the end of its graph's functions.",
			readCounts: () => dataPath.stats.latency,
		},
	];
}
