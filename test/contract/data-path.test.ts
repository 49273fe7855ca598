import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Flow } from "../support/flow.ts";
import { TestClient } from "../support/mqtt.ts";
import { startTarget, type Target } from "../support/target.ts";

let target: Target;
beforeAll(async () => {
	target = await startTarget();
});
afterAll(() => target.dispose());

// A function that changes nothing moves a graph into Python, so every rule is seen in both runners.
const SAME = "def run(*values): return list(values)\n";
const REPR = "def run(*args): return [repr(args)]\n";
const runners: [string, { code?: string }][] = [
	["without functions", {}],
	["in Python", { code: SAME }],
];

describe.each(runners)("§5.1 values %s", (_name, odf) => {
	const build = (idfs: object[], out: object) =>
		Flow.build(target, { idfs: idfs.map((idf) => ({ ...idf })), odfs: [{ ...odf, ...out }] });

	test("§5.1 short results repeat the last value, other lengths in are dropped", async () => {
		const flow = await build([{ param_no: 2 }], { param_no: 3 });
		await flow.send([1]);
		await flow.send([1, 2, 3]);
		await flow.send([]);
		await flow.expect([1, 2], [1, 2, 2]);
	});

	test("§5.1 long results are cut, param_no 0 publishes an empty array", async () => {
		await (await build([{}], { param_no: 2 })).expect([1, 2, 3], [1, 2]);
		await (await build([{}], { param_no: 0 })).expect([1, 2, 3], []);
	});

	test("§5.1 an empty result is not published where values are wanted", async () => {
		const flow = await build([{}], { param_no: 1 });
		await flow.send([]);
		await flow.expect([7], [7]);
	});

	test("§5.1 bare values count as one, without param_no any length passes", async () => {
		const flow = await build([{}], {});
		const values = [42, "text", null, true, { a: [1] }, 1.5, -0.1];
		for (const value of values) await flow.expect(JSON.stringify(value), [value]);
		for (const list of [[], [1], [1, [2, [3]], "x,]"], [{ a: "}" }, '"', "\\"]])
			await flow.expect(list, list);
	});

	test("§5.1 numbers keep their value exactly", async () => {
		const flow = await build([{}], {});
		await flow.send("[1.0, 12345678901234567890123, -0.0, 1e-7]");
		expect((await flow.receive()).text.replaceAll(" ", "").replace("1e-07", "1e-7")).toBe(
			"[1.0,12345678901234567890123,-0.0,1e-7]",
		);
	});

	test("§5.1 malformed data is dropped and the graph goes on", async () => {
		const flow = await build([{}], {});
		const bad = ["", "nonsense", "[1", "{", "[1,]", "'a'", "[1]\u001e[2]", '["\u0001"]'];
		for (const payload of bad) await flow.send(payload);
		await flow.send(Buffer.from([0x5b, 0xff, 0x5d]));
		await flow.expect([1], [1]);
	});

	test("§5.3 NaN and Infinity are taken and published as null", async () => {
		const flow = await build([{}], {});
		await flow.expect('[NaN, Infinity, -Infinity, 1, "NaN"]', [null, null, null, 1, "NaN"]);
	});

	test("§5.1 tags follow the data, missing ones are null, surplus ones fall away", async () => {
		const tags = { param_no: 1, tag_param_no: 2 };
		await (await build([tags], tags)).expect([1, "a", "b"], [1, "a", "b"]);
		await (await build([tags], { ...tags, tag_param_no: 1 })).expect([1, "a", "b"], [1, "a"]);
		await (await build([tags], { ...tags, tag_param_no: 0 })).expect([1, "a", "b"], [1]);
		await (await build([{ param_no: 1 }], tags)).expect([1], [1, null, null]);
		await (await build([{ tag_param_no: 1 }], { tag_param_no: 1 })).expect(
			[1, 2, "t"],
			[1, 2, "t"],
		);
	});

	test("§5.1 without param_no anything shorter than the tags is dropped", async () => {
		const flow = await build([{ tag_param_no: 2 }], { tag_param_no: 2 });
		await flow.send([1]);
		await flow.expect(["a", "b"], ["a", "b"]);
	});

	test("§5.2 several inputs without join give the list of slots, oldest link first", async () => {
		const flow = await build([{ param_no: 1 }, { param_no: 2 }], { param_no: 3 });
		await flow.expect([1], [[1], null, null], 0);
		await flow.expect([2, 3], [[1], [2, 3], [2, 3]], 1);
		await flow.expect([4], [[4], [2, 3], [2, 3]], 0);
	});

	test("§5.2 removing a link removes its slot, adding it again makes it the last", async () => {
		const flow = await build([{}, {}], {});
		await flow.expect([1], [[1], null], 0);
		await flow.expect([2], [[1], [2]], 1);
		const first = { da_id: flow.device.id, idf: "idf0" };
		await flow.graph.ok({ op: "rm_link", ...first });
		await flow.device.signal();
		await flow.expect([3], [3], 1);
		await flow.graph.ok({ op: "add_link", ...first });
		const { topic } = await flow.device.signal();
		await flow.expect([4], [[4], null], 1);
		await flow.device.client.publish(String(topic), [5]);
		expect(JSON.parse((await flow.receive()).text)).toEqual([[4], [5]]);
	});

	test("§5.3 retained data is data when it is published, not when it is subscribed to", async () => {
		const flow = await build([{}], {});
		await flow.device.client.publish(flow.idfTopics[0] ?? "", [1], { retain: true });
		expect((await flow.receive()).text).toBe("[1]");
		// A second graph that links the feature subscribes again: it must not see the stored 1.
		const name = { op: "add_link", da_id: flow.device.id };
		await flow.graph.ok({ op: "detach" });
		await flow.graph.ok({ op: "attach" });
		await flow.graph.ok({ ...name, idf: "idf0" });
		await flow.graph.ok({ ...name, odf: "odf0", func: null });
		for (
			let signal = await flow.device.signal();
			signal.odf !== "odf0" || signal.command !== "CONNECT";
		) {
			if (signal.idf === "idf0") flow.idfTopics[0] = String(signal.topic);
			signal = await flow.device.signal();
			if (signal.odf === "odf0") flow.odfTopics[0] = String(signal.topic);
		}
		await flow.device.client.subscribe(flow.odfTopics[0] ?? "");
		await flow.expect([2], [2]);
	});

	test("§5.1 output has the QoS of the message that caused it", async () => {
		const flow = await build([{}], {});
		const qosOf = (n: number) => ([0, 1, 1, 2, 0] as const)[n % 5] ?? 0;
		for (let n = 0; n < 50; n++) {
			flow.device.client.raw.publish(flow.idfTopics[0] ?? "", `[${n}]`, { qos: qosOf(n) });
		}
		for (let n = 0; n < 50; n++) {
			const { text, qos } = await flow.receive();
			expect([text, qos]).toEqual([text, qosOf(JSON.parse(text)[0])]);
		}
	});

	test("§5.1 output of a join has the QoS of the message that completed it", async () => {
		const flow = await build([{}, {}], {});
		for (const [n, qos] of ([2, 0, 1, 2, 0] as const).entries()) {
			await flow.device.client.publish(flow.idfTopics[n % 2] ?? "", `[${n}]`, { qos });
			expect((await flow.receive()).qos).toBe(qos);
		}
	});

	test("§5.1 output is not retained", async () => {
		const flow = await build([{}], {});
		await flow.send([1]);
		expect((await flow.receive()).retain).toBe(false);
		const late = await TestClient.connect(target.mqtt);
		await late.subscribe(flow.odfTopics[0] ?? "");
		await flow.send([2]);
		expect((await late.next(flow.odfTopics[0] ?? "")).text).toBe("[2]");
		await late.end();
	});
});

describe("§5.2 join", () => {
	test("§5.2 the seed's graph squares", async () => {
		const flow = await Flow.build(target, {
			idfs: [{ code: "def run(x): return int(x)\n" }],
			odfs: [{ func: null }],
			join: "def run(x): return x ** 2\n",
		});
		await flow.expect("42", [1764]);
		await flow.expect([3], [9]);
		await flow.expect(["7"], [49]);
		await flow.expect([2.9], [4]);
		await flow.expect(
			"12345678901234567890",
			[152415787532388367501905199875019052100n].map(Number),
		);
	});

	test.each(["def run(x): return int(x)\n", "def run(x): return [int(x)]\n"])(
		"§5.2 with param_no 1 a scalar slot and a one-element list reach the join alike (%j)",
		async (code) => {
			const flow = await Flow.build(target, {
				idfs: [{ code, param_no: 1 }],
				odfs: [{ func: null, param_no: 1 }],
				join: "def run(x): return [x ** 2]\n",
			});
			await flow.expect([3], [9]);
			await flow.expect(["7"], [49]);
			await flow.expect([2.9], [4]);
		},
	);

	test("§5.2 slots with one element contribute it, others are one list argument, unfilled ones None", async () => {
		const flow = await Flow.build(target, {
			idfs: [{ param_no: 1 }, { param_no: 2 }],
			odfs: [{ param_no: 1 }],
			join: REPR,
		});
		await flow.expect([1], ["(1, None)"], 0);
		await flow.expect([2, 3], ["(1, [2, 3])"], 1);
	});

	test("§5.2 only one level is unwrapped, and no dictionaries", async () => {
		const nested = {
			idfs: [{ code: "def run(x): return [[5]]\n" }],
			odfs: [{ param_no: 1 }],
			join: REPR,
		};
		await (await Flow.build(target, nested)).expect([1], ["([5],)"]);
		const dict = { idfs: [{ code: "def run(x): return {'a': x}\n" }], odfs: [{}], join: REPR };
		await (await Flow.build(target, dict)).expect([1], ["({'a': 1},)"]);
		const tuple = { idfs: [{ code: "def run(x): return (x,)\n" }], odfs: [{}], join: REPR };
		await (await Flow.build(target, tuple)).expect([1], ["(1,)"]);
	});

	test("§5.1 variant gives differences of raw values, the first and failing ones pass raw", async () => {
		const flow = await Flow.build(target, {
			idfs: [{ param_no: 2, input_type: ["variant", "sample"] }],
			odfs: [{ param_no: 2 }],
		});
		await flow.expect([10, 5], [10, 5]);
		await flow.expect([13, 6], [3, 6]);
		await flow.expect([20, 7], [7, 7]);
		await flow.expect(["x", 8], ["x", 8]);
		await flow.expect([1, 9], [1, 9]);
		await flow.expect([3, 9], [2, 9]);
	});

	test("§5.1 a string input_type holds for every parameter, a short list means sample", async () => {
		const every = await Flow.build(target, { idfs: [{ input_type: "variant" }], odfs: [{}] });
		await every.expect([1, 10], [1, 10]);
		await every.expect([2, 30], [1, 20]);
		const short = await Flow.build(target, { idfs: [{ input_type: ["variant"] }], odfs: [{}] });
		await short.expect([1, 10], [1, 10]);
		await short.expect([5, 30], [4, 30]);
	});
});

describe("§5.3 functions", () => {
	const one = (code: string, odf = {}) =>
		Flow.build(target, { idfs: [{ code }], odfs: [{ ...odf }] });

	test("§5.1 lists, tuples and ranges are many values, everything else one", async () => {
		const flow = await one("def run(source): return eval(source)\n");
		const results: [string, unknown][] = [
			["[1, 2]", [1, 2]],
			["(1, (2, 3))", [1, [2, 3]]],
			["range(3)", [0, 1, 2]],
			["'text'", ["text"]],
			["{'a': 1}", [{ a: 1 }]],
			["None", [null]],
			["5", [5]],
			["1.0", [1]],
			["True", [true]],
			["[]", []],
			["float('nan')", [null]],
			["[float('inf'), {'x': [float('-inf')]}]", [null, { x: [null] }]],
			["__import__('collections').deque([1, 2])", [1, 2]],
		];
		for (const [source, wanted] of results) await flow.expect([source], wanted);
	});

	test("§5.1 a result that is not JSON publishes nothing", async () => {
		const flow = await one("def run(source): return eval(source)\n");
		for (const source of ["{1, 2}", "b'x'", "object()", "print", "int"]) await flow.send([source]);
		await flow.expect(["1"], [1]);
	});

	test("§5.3 a failing input function drops the message and leaves its slot", async () => {
		const flow = await Flow.build(target, {
			idfs: [{ code: "def run(x): return 10 // x\n" }, {}],
			odfs: [{}],
		});
		await flow.expect([5], [2, null], 0);
		await flow.send([0], 0);
		await flow.expect([1], [2, [1]], 1);
	});

	test("§5.3 a failing join publishes nothing; exits and interrupts are failures like any other", async () => {
		const flow = await Flow.build(target, {
			idfs: [{}],
			odfs: [{}],
			join: "import sys\ndef run(x):\n  if x == 1: sys.exit()\n  if x == 2: raise KeyboardInterrupt\n  if x == 3: raise ValueError(x)\n  if x == 4: raise SystemExit(4)\n  return x\n",
		});
		for (const x of [1, 2, 3, 4]) await flow.send([x]);
		await flow.expect([5], [5]);
	});

	test("§5.1 a failing output skips only itself", async () => {
		const flow = await Flow.build(target, {
			idfs: [{}],
			odfs: [{}, { code: "def run(x): return 1 / x\n" }, { code: "def run(x): return x + 1\n" }],
		});
		await flow.send([0]);
		expect((await flow.receive(0)).text).toBe("[0]");
		expect((await flow.receive(2)).text).toBe("[1]");
		await flow.send([1]);
		expect(JSON.parse((await flow.receive(1)).text)).toEqual([1]);
	});

	test("§5.3 a call that sleeps more than a second delivers", async () => {
		const code = "import time\ndef run(x):\n  time.sleep(1.2)\n  return x\n";
		const flow = await Flow.build(target, { idfs: [{ code }], odfs: [{}] });
		await flow.expect([1], [1]);
	});

	test("§5.3 globals persist between calls and are shared with no other link", async () => {
		const counter = "n = 0\ndef run(x):\n  global n\n  n += 1\n  return n\n";
		const flow = await Flow.build(target, { idfs: [{ code: counter }], odfs: [{ code: counter }] });
		for (const n of [1, 2, 3]) await flow.expect([0], [n]);
		await flow.addLink("odf", { code: counter });
		await flow.send([0]);
		expect((await flow.receive(0)).text).toBe("[4]");
		expect((await flow.receive(1)).text).toBe("[1]");
	});

	test("§5.3 helpers are reachable as iot.<alias>, at the top level too, and see no iot", async () => {
		const device = await Flow.build(target, { idfs: [{}], odfs: [{}] });
		const [main = "", twice = "", blind = ""] = await device.graph.addFunctions(
			"four = iot.twice(2)\ndef run(x): return [iot.twice(x), four, iot.blind()]\n",
			"def run(x): return 2 * x\n",
			"def run(): return 'iot' in globals()\n",
		);
		await device.graph.ok({ op: "set_join", new: main, depends: { twice, blind } });
		await device.expect([21], [42, 4, false]);
	});

	test("§5.3 the main function has iot even without depends", async () => {
		await (await one("def run(x): return len(vars(iot))\n")).expect([1], [0]);
	});

	test("a stuck function costs its own message only; other graphs keep theirs in order", async () => {
		const stuck = await one("def run(x):\n  while x == 2: pass\n  return x\n");
		const fine = await one("def run(x): return x\n");
		for (const x of [1, 2, 3]) {
			await stuck.send([x]);
			await fine.send([x]);
		}
		for (const x of [1, 2, 3]) expect((await fine.receive()).text).toBe(`[${x}]`);
		for (const x of [1, 3]) expect((await stuck.receive()).text).toBe(`[${x}]`);
		expect(target.log()).toContain("time limit of 2000 ms exceeded");
	});

	test("a source whose top level never ends is refused", async () => {
		const flow = await Flow.build(target, { idfs: [{}], odfs: [{}] });
		const [endless = ""] = await flow.graph.addFunctions("while True: pass\n");
		expect(await flow.graph.call({ op: "set_join", new: endless })).toMatchObject({
			state: "error",
			reason: "time limit of 2000 ms exceeded",
		});
		await flow.expect([1], [1]);
	});
});

describe("§5 changes in place", () => {
	test("§5 set_df_func and set_join keep slots and the globals of untouched links", async () => {
		const counter = "n = 0\ndef run(x):\n  global n\n  n += 1\n  return n\n";
		const flow = await Flow.build(target, {
			idfs: [{ code: counter }, {}],
			odfs: [{}],
			join: REPR,
		});
		await flow.expect([0], ["(1, None)"], 0);
		await flow.expect([5], ["(1, 5)"], 1);
		const [double = ""] = await flow.graph.addFunctions("def run(x): return 2 * x\n");
		await flow.graph.ok({
			op: "set_df_func",
			da_id: flow.device.id,
			idf: "idf1",
			prev: null,
			new: double,
		});
		await flow.expect([6], ["(1, 12)"], 1);
		await flow.expect([0], ["(2, 12)"], 0);
		await flow.setJoin("def run(*args): return list(args)\n");
		await flow.expect([0], [3, 12], 0);
	});

	test("§5 the first function takes the slots along into Python, the last one back out", async () => {
		const flow = await Flow.build(target, { idfs: [{}, {}], odfs: [{}] });
		await flow.expect("[1.0, 2]", [[1, 2], null], 0);
		await flow.setJoin(REPR);
		await flow.expect([3], ["([1.0, 2], 3)"], 1);
		await flow.setJoin(null);
		await flow.expect([4], [[1, 2], [4]], 1);
	});

	test("§4.7 set_df_func without input_type keeps the current one, null clears it", async () => {
		const flow = await Flow.build(target, { idfs: [{ input_type: "variant" }], odfs: [{}] });
		const set = { op: "set_df_func", da_id: flow.device.id, idf: "idf0" };
		await flow.expect([1], [1]);
		const [same = ""] = await flow.graph.addFunctions("def run(x): return x\n");
		await flow.graph.ok({ ...set, new: same });
		await flow.expect([5], [4]);
		await flow.graph.ok({ ...set, new: null, input_type: null });
		await flow.expect([9], [9]);
	});

	test("§5.2 a change under load loses no message", async () => {
		const flow = await Flow.build(target, { idfs: [{}], odfs: [{}] });
		const count = 600;
		const sending = (async () => {
			for (let n = 0; n < count; n++) {
				flow.device.client.raw.publish(flow.idfTopics[0] ?? "", JSON.stringify([n]));
				if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
			}
		})();
		const [same = ""] = await flow.graph.addFunctions("def run(x): return x\n");
		for (const next of [same, null, same, null]) await flow.graph.ok({ op: "set_join", new: next });
		await sending;
		for (let n = 0; n < count; n++) expect((await flow.receive()).text).toBe(`[${n}]`);
	});
});

describe("§4.2 ends", () => {
	test("§4.5 after rm_link of the last input nothing reaches the outputs any more", async () => {
		const flow = await Flow.build(target, { idfs: [{}], odfs: [{}] });
		const other = await Flow.build(target, { idfs: [{}], odfs: [{}] });
		await flow.expect([1], [1]);
		await flow.graph.ok({ op: "rm_link", da_id: flow.device.id, idf: "idf0" });
		await flow.send([2]);
		await other.expect([3], [3]);
		expect(
			flow.device.client.inbox.waiting.filter(({ topic }) => topic === flow.odfTopics[0]),
		).toEqual([]);
	});
});
