import { describe, expect, test } from "bun:test";
import type { NumberedEngineStats } from "../../src/dataflow/mod.ts";
import { engineMetrics } from "../../src/status/engine-metrics.ts";
import { MetricsText } from "../../src/status/metrics-text.ts";

const engine = (
	number: number,
	state: NumberedEngineStats["state"],
	restarts: number,
): NumberedEngineStats => ({
	...{ number, state, restarts, pid: null, graphs: number * 10 },
	...{ messages: 6, batches: 3, functions: 2, busySeconds: 1.5 },
});

async function lines(...engines: NumberedEngineStats[]): Promise<string[]> {
	const { text } = await new MetricsText(engineMetrics(() => engines)).read();
	return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

describe("metrics of engines", () => {
	test("of one are as they were when there was no other", async () => {
		expect(await lines(engine(1, "starting", 1))).toEqual([
			'iotctl_engine_state{state="off"} 0',
			'iotctl_engine_state{state="starting"} 1',
			'iotctl_engine_state{state="ready"} 0',
			"iotctl_engine_messages_total 6",
			"iotctl_engine_batches_total 3",
			"iotctl_engine_busy_seconds_total 1.5",
			"iotctl_engine_restarts_total 1",
			"iotctl_engine_functions 2",
			"iotctl_engine_graphs 10",
		]);
	});

	test("of several have the number of each as a label", async () => {
		const shown = await lines(engine(1, "ready", 0), engine(2, "off", 4));
		expect(shown.filter((line) => line.endsWith(" 1"))).toEqual([
			'iotctl_engine_state{engine="1",state="ready"} 1',
			'iotctl_engine_state{engine="2",state="off"} 1',
		]);
		expect(shown.filter((line) => line.includes("restarts") || line.includes("graphs"))).toEqual([
			'iotctl_engine_restarts_total{engine="1"} 0',
			'iotctl_engine_restarts_total{engine="2"} 4',
			'iotctl_engine_graphs{engine="1"} 10',
			'iotctl_engine_graphs{engine="2"} 20',
		]);
	});
});
