import { beforeEach, describe, expect, test } from "bun:test";
import type { PipelineSpec } from "../../src/contract/graph-spec.ts";
import { GraphRecord } from "../../src/dataflow/graph-record.ts";
import { type GraphEntry, GraphTable } from "../../src/dataflow/graph-table.ts";
import { Pipeline } from "../../src/dataflow/pipeline.ts";
import { quietLog } from "../support/log.ts";
import { graphOf, input, output } from "../support/pipeline-specs.ts";

const EVENTS = { onResult: () => {}, onDropped: () => {} };
const HOST = {
	declare: () => {},
	drop: async () => ({ slots: {}, waiting: [] }),
	push: () => true,
};

let table: GraphTable;
beforeEach(() => {
	table = new GraphTable();
});

function add(name: string, spec: PipelineSpec): GraphEntry {
	const entry = table.add(name, (number) => ({
		record: new GraphRecord(name, number, quietLog),
		pipeline: new Pipeline(number, () => HOST, EVENTS, 10),
	}));
	table.follow(entry, entry.pipeline.spec, spec);
	entry.pipeline.update(spec);
	return entry;
}

describe("graph table", () => {
	test("finds graphs by name and number, which is never given twice", () => {
		const first = add("a/1", graphOf([], []));
		const second = add("a/2", graphOf([], []));
		expect([table.get("a/1"), table.numbered(first.record.number)]).toEqual([first, first]);
		table.remove(second);
		expect([table.get("a/2"), table.numbered(second.record.number)]).toEqual([
			undefined,
			undefined,
		]);
		const third = add("a/2", graphOf([], []));
		expect(third.record.number).toBeGreaterThan(second.record.number);
		expect([...table.values()]).toEqual([first, third]);
	});

	test("outputs follow their graph", () => {
		const before = graphOf([], [output(1), output(2)]);
		const entry = add("a/1", before);
		expect(table.output(2)).toEqual({
			topic: "topic/out2",
			stats: entry.record.statsOf(2),
			graph: entry.record.name,
		});
		const after = graphOf([], [output(2), output(3)]);
		table.follow(entry, before, after);
		entry.pipeline.update(after);
		expect([1, 2, 3].map((id) => table.output(id)?.topic)).toEqual([
			undefined,
			"topic/out2",
			"topic/out3",
		]);
		table.remove(entry);
		expect(table.output(2)).toBeUndefined();
	});

	test("counts what each device has sent, over all graphs, and leaves out those that sent nothing", () => {
		const from = (device: string, id: number) => input(id, { name: [device, "f"] });
		const one = add("a/1", graphOf([from("x", 1), from("y", 2)], []));
		const two = add("a/2", graphOf([from("x", 3), from("z", 4)], []));
		one.record.statsOf(1).messages = 2;
		two.record.statsOf(3).messages = 5;
		two.record.statsOf(4).messages = 1;
		expect([...table.senders()]).toEqual([
			["x", 7],
			["z", 1],
		]);
	});

	test("forgets the newest message of every link, but not their counts", () => {
		const { record } = add("a/1", graphOf([input(1)], [output(2)]));
		Object.assign(record.statsOf(1), { messages: 3, last: "[1]" });
		table.forgetNewest();
		expect(record.statsOf(1)).toEqual({ messages: 3, last: null });
	});
});
