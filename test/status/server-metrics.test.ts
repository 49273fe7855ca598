import { afterEach, describe, expect, test } from "bun:test";
import { closeSync, openSync } from "node:fs";
import type { Metric } from "../../src/kit/mod.ts";
import { VERSION } from "../../src/kit/mod.ts";
import { serverMetrics } from "../../src/status/server-metrics.ts";

const broker = {
	stats: { clients: 3, received: 7, retained: null, subscriptions: 5, acknowledgedEarly: 4 },
	disconnectRevoked: () => {},
	renewCertificate: () => {},
	problem: undefined,
	handlerFailures: 2,
};
const problems: string[] = [];
let lag = 0;
const metrics = serverMetrics({ broker, problems: () => problems, lagSeconds: () => lag });
afterEach(() => {
	problems.length = 0;
	lag = 0;
});

function read(name: string): number {
	const metric: Metric | undefined = metrics.find((one) => one.name === name);
	if (metric === undefined || !("read" in metric)) throw new Error(`${name} is not a number`);
	return metric.read() ?? Number.NaN;
}

describe("every server shows", () => {
	test("its version", () => {
		const [info] = metrics;
		expect(info).toMatchObject({ name: "iotctl_info", label: "version" });
		expect(info && "readEach" in info ? [...info.readEach()] : []).toEqual([[VERSION, 1]]);
	});

	test("whether it can do its work", () => {
		expect(read("iotctl_ready")).toBe(1);
		problems.push("the disk is full");
		expect(read("iotctl_ready")).toBe(0);
	});

	test("what its broker counts, and nothing where that does not tell", () => {
		expect(read("iotctl_mqtt_clients")).toBe(3);
		expect(read("iotctl_mqtt_received_total")).toBe(7);
		expect(read("iotctl_mqtt_subscriptions")).toBe(5);
		expect(read("iotctl_mqtt_retained")).toBeNaN();
		expect(read("iotctl_messages_acknowledged_early_total")).toBe(4);
		expect(read("iotctl_handler_failures_total")).toBe(2);
	});

	test("its process: start, memory, processor time, files and how late the event loop is", () => {
		const age = Date.now() / 1000 - read("process_start_time_seconds");
		expect(Math.abs(age - process.uptime())).toBeLessThan(5);
		expect(read("process_resident_memory_bytes")).toBeGreaterThan(1 << 20);
		const before = read("process_cpu_seconds_total");
		expect(before).toBeGreaterThan(0);
		const files = read("process_open_fds");
		const more = Array.from({ length: 100 }, () => openSync("/dev/null", "r"));
		// Other tests of this process may close theirs meanwhile.
		expect(read("process_open_fds")).toBeGreaterThan(files + 50);
		for (const file of more) closeSync(file);
		expect(read("process_cpu_seconds_total")).toBeGreaterThanOrEqual(before);
		lag = 0.25;
		expect(read("process_event_loop_lag_seconds")).toBe(0.25);
	});

	test("each under a name of its own, counters with _total", () => {
		const names = metrics.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		for (const { kind, name } of metrics) expect(name.endsWith("_total")).toBe(kind === "counter");
	});
});
