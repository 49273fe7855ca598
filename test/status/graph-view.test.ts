import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { GraphView } from "../../src/contract/views.ts";
import type { LiveGraph, LiveLink } from "../../src/csm/mod.ts";
import type { GraphStats } from "../../src/dataflow/mod.ts";
import { viewOf } from "../../src/status/graph-view.ts";

const KEY = { client: "gui", graph: "g" };
const NONE = { digest: null, depends: {} };
const CODE = "import math\n\ndef run(x):\n    return 1 / x\n";

const link = (id: number, mode: "idf" | "odf", digest: string | null = null): LiveLink => ({
	record: {
		...KEY,
		id,
		daId: `device ${id}`,
		mode,
		feature: `f${id}`,
		func: { digest, depends: {} },
		paramNo: null,
		tagParamNo: 0,
		inputType: null,
		error: null,
		asked: null,
	},
	topic: `iottalk/esm/${id}`,
	handle: null,
	sources: [],
});

const graph = (changes: Partial<LiveGraph> = {}): LiveGraph => ({
	key: KEY,
	join: { use: NONE, handle: null, sources: [], asked: null },
	monitor: { on: false, topic: null, intervalMs: 0 },
	links: [],
	...changes,
});

const stats = (changes: Partial<GraphStats> = {}): GraphStats => ({
	links: new Map(),
	dropped: 0,
	lastError: null,
	...changes,
});

const sources = {
	deviceName: (id: string) => (id === "device 1" ? "Lamp" : null),
	title: (digest: string) => `title of ${digest}`,
	engine: () => 2,
	code: (digest: string) => (digest === "abc" ? CODE : undefined),
};

const failure = (digest: string | null, reason: string) =>
	stats({ lastError: { at: 1, kind: "exception", stage: "idf", digest, reason } });

describe("a graph as it is shown", () => {
	test("an empty one, of which nothing went through", () => {
		const view = viewOf(graph(), undefined, sources);
		expect(view).toEqual({
			...KEY,
			join: { func: null, depends: {}, title: null },
			monitor_topic: null,
			engine: 2,
			idfs: [],
			odfs: [],
			dropped: 0,
			last_error: null,
		});
		expect(Value.Check(GraphView, view)).toBe(true);
	});

	test("links are told apart by mode, with their device's name, function and counts", () => {
		const view = viewOf(
			graph({ links: [link(1, "idf", "abc"), link(2, "odf")] }),
			stats({ links: new Map([[1, { messages: 5, last: "[3]" }]]), dropped: 2 }),
			sources,
		);
		expect(view.idfs).toMatchObject([
			{ da_id: "device 1", device: "Lamp", func: "abc", title: "title of abc", messages: 5 },
		]);
		expect(view.odfs).toMatchObject([{ device: null, func: null, messages: 0, last: null }]);
		expect(view.dropped).toBe(2);
		expect(Value.Check(GraphView, view)).toBe(true);
	});

	test("a long value is cut", () => {
		const view = viewOf(
			graph({ links: [link(1, "idf")] }),
			stats({ links: new Map([[1, { messages: 1, last: "9".repeat(500) }]]) }),
			sources,
		);
		expect(view.idfs[0]?.last).toBe(`${"9".repeat(200)} …`);
	});

	test("the topic of its monitor is shown while that is on", () => {
		const on = graph({ monitor: { on: true, topic: "iottalk/monitor/x", intervalMs: 0 } });
		expect(viewOf(on, undefined, sources).monitor_topic).toBe("iottalk/monitor/x");
		const off = graph({ monitor: { on: false, topic: "iottalk/monitor/x", intervalMs: 0 } });
		expect(viewOf(off, undefined, sources).monitor_topic).toBeNull();
	});
});

describe("a graph's last error", () => {
	const links = [link(1, "idf", "abc")];
	const traceback = (line: number) =>
		`File "<UserFunction:fff>", line 1\nFile "<UserFunction:abc>", line ${line}, in run\nZeroDivisionError`;

	test("has the innermost line of the function that failed", () => {
		const view = viewOf(graph({ links }), failure("abc", traceback(4)), sources);
		expect(view.last_error).toMatchObject({ line: 4, source: "return 1 / x", digest: "abc" });
		expect(Value.Check(GraphView, view)).toBe(true);
	});

	test.each([
		["that is past its end", traceback(99)],
		["of a function that is gone", traceback(1).replaceAll("abc", "bbb")],
	])("a line %s has no text", (_, reason) => {
		expect(viewOf(graph({ links }), failure("abc", reason), sources).last_error?.source).toBeNull();
	});

	test("without a traceback has no line", () => {
		const { last_error } = viewOf(graph({ links }), failure(null, "out of memory"), sources);
		expect(last_error).toMatchObject({ line: null, source: null, reason: "out of memory" });
	});

	test("is over when its function was replaced, also as a helper or in the join", () => {
		const gone = failure("old", traceback(4));
		expect(viewOf(graph({ links }), gone, sources).last_error).toBeNull();
		const use = { digest: "abc", depends: { helper: "old" } };
		const joined = graph({ join: { use, handle: 1, sources: [], asked: null } });
		expect(viewOf(joined, gone, sources).last_error).not.toBeNull();
	});
});
