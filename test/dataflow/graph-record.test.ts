import { beforeEach, describe, expect, test } from "bun:test";
import { type DataPathError, GraphRecord } from "../../src/dataflow/graph-record.ts";
import { Monitor } from "../../src/dataflow/monitor.ts";
import { listenedLog } from "../support/log.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { graphOf, input, output } from "../support/pipeline-specs.ts";

const ERROR: DataPathError = {
	kind: "time",
	stage: "idf",
	digest: "d",
	src: "def run",
	reason: "time limit",
};

const { log, lines } = listenedLog();
let clock: ManualClock;
let record: GraphRecord;
beforeEach(() => {
	lines.clear();
	clock = new ManualClock();
	record = new GraphRecord("gui/1", 3, log, clock);
});

describe("graph record", () => {
	test("stats of links live as long as their links", () => {
		record.statsOf(1).messages = 5;
		record.statsOf(9).messages = 4;
		record.keepStats(graphOf([input(1)], [output(8)]));
		expect([...record.links]).toEqual([[1, { messages: 5, last: null }]]);
		expect(record.statsOf(1).messages).toBe(5);
	});

	test("a failure is counted, shown to who watches, and the newest is kept", () => {
		const sent: string[] = [];
		record.monitor = new Monitor((message) => sent.push(message), clock);
		record.failed(ERROR);
		record.failed({ ...ERROR, kind: "queue" });
		expect(record.dropped).toBe(2);
		expect(record.lastError).toMatchObject({ kind: "queue", digest: "d", reason: "time limit" });
		expect(sent).toHaveLength(1);
	});

	test("failures are logged every ten seconds, with how many there were", async () => {
		record.failed(ERROR);
		expect(await lines.take("a line")).toContain('"times":1');
		record.failed(ERROR);
		clock.move(9_999);
		record.failed(ERROR);
		expect(lines.waiting).toEqual([]);
		clock.move(1);
		record.failed(ERROR);
		const line = JSON.parse(await lines.take("a line"));
		expect(line).toMatchObject({ graph: "gui/1", kind: "time", digest: "d", times: 3 });
	});

	test("an error that names no function goes with the next change of functions", () => {
		const spec = graphOf([input(1, { func: 1 })], []);
		record.keepStats(spec);
		record.failed({ ...ERROR, stage: null, digest: null });
		record.keepStats(spec);
		expect(record.lastError).not.toBeNull();
		record.keepStats(graphOf([input(1, { func: 2 })], []));
		expect(record.lastError).toBeNull();
		record.failed(ERROR);
		record.keepStats(spec);
		expect(record.lastError).not.toBeNull();
	});
});
