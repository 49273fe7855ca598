// Every stage of a graph has its own values: what one function does to them is nothing to the others
// (csm.md §5.1, §5.2); and what a function gives back is one value or many, and JSON, as Python's json says.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Flow } from "../support/flow.ts";
import { startTarget, type Target } from "../support/target.ts";

let target: Target;
beforeAll(async () => {
	target = await startTarget({ esm: { engine: process.env.IOTCTL_ENGINE ?? "embedded" } });
});
afterAll(() => target.dispose());

const PASS = { code: "def run(*x): return list(x)\n" };

/** The next result of an output, read as JSON. */
async function received(flow: Flow, output: number): Promise<unknown> {
	return JSON.parse((await flow.receive(output)).text);
}

describe("§5.1 each stage has its own values", () => {
	test.each([
		["sorts a list", "[[3, 1, 2]]", "v.sort()"],
		["empties a list", "[[3, 1, 2]]", "v.clear()"],
		["adds to a dict", "[{'a': 1}]", "v['b'] = 2"],
		["changes a list in a list", "[[[1], [2]]]", "v[0].append(9)"],
		["changes a list in a dict", "[{'a': [1]}]", "v['a'].append(9)"],
		["changes a list in a tuple", "[([1], 2)]", "v[0].append(9)"],
		["changes a bytearray in a list", "[[list(b'ab'), [1]]]", "v[1].pop()"],
		["changes a deque", "[__import__('collections').deque([1, 2])]", "v.append(9)"],
		[
			"changes an OrderedDict",
			"[__import__('collections').OrderedDict(a=[1])]",
			"v['a'].append(9)",
		],
	])("the output's function %s: the next output does not see it", async (_what, value, change) => {
		const flow = await Flow.build(target, {
			idfs: [{}],
			odfs: [
				{ code: `def run(v):\n  ${change}\n  return 0\n` },
				{ code: "def run(v): return [repr(v)]\n" },
				{ code: "def run(v): return [repr(v)]\n" },
			],
			join: `def run(x): return ${value}\n`,
		});
		await flow.send([1]);
		await flow.receive(0);
		const second = await received(flow, 1);
		expect(second).toEqual(await received(flow, 2));
		const [fresh = ""] = await flow.graph.addFunctions(`def run(v): return [repr(v)]\n`);
		await flow.graph.ok({ op: "set_df_func", da_id: flow.device.id, odf: "odf0", new: fresh });
		await flow.send([1]);
		expect(await received(flow, 0)).toEqual(second);
	});

	test("an output without a function does not see it either", async () => {
		const flow = await Flow.build(target, {
			idfs: [{}],
			odfs: [{ code: "def run(v):\n  v.sort()\n  return v\n" }, {}],
		});
		await flow.send([[3, 1, 2]]);
		expect(await received(flow, 0)).toEqual([1, 2, 3]);
		expect(await received(flow, 1)).toEqual([[3, 1, 2]]);
	});

	test("§5.2 a join that pops does not shrink the slots", async () => {
		const flow = await Flow.build(target, {
			idfs: [PASS, PASS],
			odfs: [{}],
			join: "def run(a, b):\n  if b: b.pop()\n  return [a, b]\n",
		});
		await flow.send([7, 8, 9], 1);
		await received(flow, 0);
		for (const n of [1, 2, 3]) {
			await flow.send([n, n], 0);
			expect(await received(flow, 0)).toEqual([
				[n, n],
				[7, 8],
			]);
		}
	});

	test("§5.2 a join that pops from what has no function does not shrink it either", async () => {
		const flow = await Flow.build(target, {
			idfs: [{}, {}],
			odfs: [{}],
			join: "def run(a, b):\n  if b: b['list'].pop()\n  return [a, b]\n",
		});
		await flow.send([{ list: [1, 2, 3] }], 1);
		await received(flow, 0);
		for (const n of [1, 2]) {
			await flow.send([n], 0);
			expect(await received(flow, 0)).toEqual([n, { list: [1, 2] }]);
		}
	});

	test("an input's function may keep and change what it has given", async () => {
		const flow = await Flow.build(target, {
			idfs: [
				{
					code: "kept = []\ndef run(x):\n  if x < 0:\n    kept.clear()\n    raise ValueError('no')\n  kept.append(x)\n  return kept\n",
				},
				{},
			],
			odfs: [{}],
			join: "def run(a, b): return [a, b]\n",
		});
		await flow.expect(
			[1],
			[[1], null].map((value) => (Array.isArray(value) ? 1 : value)),
		);
		await flow.expect([2], [[1, 2], null]);
		// It fails, and its slot stays as it was (csm.md §5.3), whatever it did to its list.
		await flow.send([-1]);
		await flow.expect([5], [[1, 2], 5], 1);
	});

	test("a join's function may keep what it has given, and outputs may change it", async () => {
		const flow = await Flow.build(target, {
			idfs: [{}],
			odfs: [
				{ code: "def run(*v): return [len(v)]\n" },
				{ code: "def run(a, *v):\n  a.append(0)\n  return a\n" },
			],
			join: "kept = []\ndef run(x):\n  kept.append([x])\n  return kept\n",
		});
		await flow.send([1]);
		expect([await received(flow, 0), await received(flow, 1)]).toEqual([[1], [1, 0]]);
		await flow.send([2]);
		expect([await received(flow, 0), await received(flow, 1)]).toEqual([[2], [1, 0]]);
	});

	test("the monitor shows what an input's function was given, not what it made of it", async () => {
		const flow = await Flow.build(target, {
			idfs: [{ code: "def run(x):\n  x.sort()\n  return 1\n" }],
			odfs: [{}],
		});
		const { monitor_topics } = await flow.graph.ok({ op: "start_monitor" });
		await flow.device.client.subscribe(String(monitor_topics));
		await flow.send([[3, 1, 2]]);
		const { data } = await flow.device.client.nextJson(String(monitor_topics));
		expect(data).toMatchObject({ idf: { input: [[3, 1, 2]], output: 1 } });
	});

	test("what cannot be copied is passed as it is", async () => {
		const flow = await Flow.build(target, {
			idfs: [{ code: "def run(x): return (n for n in range(x))\n" }],
			odfs: [{}],
			join: "def run(x): return list(x)\n",
		});
		await flow.expect([3], [0, 1, 2]);
	});
});

describe("§5.1 results", () => {
	test.each([
		["a member of an IntEnum", "import enum\nclass C(enum.IntEnum):\n  ON = 3\n", "C.ON", [3]],
		[
			"members in a list",
			"import enum\nclass C(enum.IntEnum):\n  ON = 3\n",
			"[C.ON, {'a': C.ON}]",
			[3, { a: 3 }],
		],
		["an IntFlag", "import enum\nclass C(enum.IntFlag):\n  A = 1\n  B = 2\n", "C.A | C.B", [3]],
		["a StrEnum", "import enum\nclass C(str, enum.Enum):\n  A = 'x'\n", "C.A", ["x"]],
		["an HTTPStatus", "from http import HTTPStatus\n", "HTTPStatus.OK", [200]],
		["a bool", "", "True", [true]],
		[
			"a named tuple",
			"from collections import namedtuple\nT = namedtuple('T', 'a b')\n",
			"T(1, 2)",
			[1, 2],
		],
		["a deque", "from collections import deque\n", "deque([1, 2])", [1, 2]],
		["an array", "import array\n", "array.array('d', [1, 2])", [1, 2]],
		["a range", "", "range(3)", [0, 1, 2]],
		["a UserList", "from collections import UserList\n", "UserList([1, 2])", [1, 2]],
		["a Counter", "from collections import Counter\n", "Counter('aab')", [{ a: 2, b: 1 }]],
		["a string of its own class", "class S(str): pass\n", "S('abc')", ["abc"]],
		["None", "", "None", [null]],
		[
			"an object with length and index that never ends",
			"class S:\n  def __len__(self): return 3\n  def __getitem__(self, i): return i * 2\n",
			"S()",
			[0, 2, 4],
		],
		[
			"one that iterates over something else",
			"class S:\n  def __len__(self): return 2\n  def __getitem__(self, i): return 'ab'[i]\n  def __iter__(self):\n    while True: yield 0\n",
			"S()",
			["a", "b"],
		],
	] as const)("%s", async (_what, before, expression, wanted) => {
		const code = `${before}def run(x): return ${expression}\n`;
		const flow = await Flow.build(target, {
			idfs: [{ code }],
			odfs: [{ code: "def run(*x): return x\n" }],
		});
		await flow.expect([1], wanted);
		const bare = await Flow.build(target, { idfs: [{ code }], odfs: [{}] });
		await bare.expect([1], wanted);
	});
});

describe("values that are hard to show cost their message, monitored or not", () => {
	const odd = [
		["an integer of 5,001 digits", "", "10 ** 5000"],
		[
			"a result 3,000 deep",
			"def deep():\n  v = []\n  for i in range(3000): v = [v]\n  return v\n",
			"deep()",
		],
		[
			"a dict 3,000 deep",
			"def deep():\n  v = {}\n  for i in range(3000): v = {'a': v}\n  return v\n",
			"deep()",
		],
		["a list within itself", "v = []\nv.append(v)\n", "v"],
		[
			"an object whose repr fails",
			"class R:\n  def __repr__(self): raise ValueError('no')\n",
			"R()",
		],
		[
			"an object whose repr ends Python",
			"class R:\n  def __repr__(self): raise SystemExit\n",
			"R()",
		],
		[
			"an object whose repr calls itself",
			"class R:\n  def __repr__(self): return repr(self)\n",
			"R()",
		],
		[
			"an object whose copy fails",
			"class R:\n  def __deepcopy__(self, memo): raise KeyboardInterrupt\n",
			"R()",
		],
		[
			"an object whose length fails",
			"class R:\n  def __len__(self): raise KeyError(1)\n  def __getitem__(self, i): return 1\n",
			"R()",
		],
		[
			"an exception whose text fails",
			"class R(Exception):\n  def __str__(self): raise ValueError\ndef g(): raise R\n",
			"g()",
		],
		["a class", "", "int"],
		["a set", "", "{1}"],
	] as const;

	test.each([true, false])("monitored: %j", async (monitored) => {
		const counter = await Flow.build(target, {
			idfs: [{ code: "n = 0\ndef run(x):\n  global n\n  n += 1\n  return n\n" }],
			odfs: [{}],
		});
		let counted = 0;
		for (const [what, before, expression] of odd) {
			const flow = await Flow.build(target, {
				idfs: [{ code: `${before}def run(x): return ${expression} if x == 1 else x\n` }],
				odfs: [{}],
			});
			if (monitored) await flow.graph.ok({ op: "start_monitor" });
			await flow.send([1]);
			await flow.send([2]);
			const answers: string[] = [];
			while (answers.at(-1) !== "[2]") answers.push((await flow.receive()).text);
			expect([what, answers]).toEqual([what, ["[2]"]]);
			counted += 1;
			await counter.expect([1], [counted]);
		}
	});
});
