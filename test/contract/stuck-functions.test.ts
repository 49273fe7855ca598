import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Flow } from "../support/flow.ts";
import type { Json } from "../support/gateway.ts";
import { startTarget, type Target } from "../support/target.ts";
import { DEADLINE_MS, LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const ENGINE = process.env.IOTCTL_ENGINE ?? "embedded";
const LIMITS = { "max-result": 2000, "max-print": 50, "engine-memory": 128, engine: ENGINE };

let target: Target;
beforeAll(async () => {
	// Of a batch that takes too long the rest is dropped, and there waiting for a processor counts.
	target = await startTarget({
		esm: { ...LIMITS, "call-timeout": 1000, "batch-timeout": DEADLINE_MS },
	});
});
afterAll(() => target.dispose());

/** A function that does something bad for 1 and passes every other number. */
const bad = (statement: string, top = "") =>
	`${top}\ndef run(x):\n  if x == 1:\n    ${statement}\n  return x\n`;

async function monitored(code: string, on = target) {
	const flow = await Flow.build(on, { idfs: [{ code }], odfs: [{}] });
	const { monitor_topics } = await flow.graph.ok({ op: "start_monitor" });
	await flow.device.client.subscribe(String(monitor_topics));
	return {
		flow,
		/** The next failure the monitor shows. */
		failure: async () => {
			for (;;) {
				const { op, data } = await flow.device.client.nextJson(
					String(monitor_topics),
					LONG_DEADLINE_MS,
				);
				if (op === "esm_error") return data as Json;
			}
		},
	};
}

const STUCK: [string, string, string?][] = [
	["an endless loop", "while True: pass"],
	[
		"a loop that swallows interrupts",
		"while True:\n      try:\n        while True: pass\n      except BaseException: pass",
	],
	["a loop in C", "sum(range(10 ** 12))"],
	["a huge power", "7 ** 10 ** 9"],
	["a long sleep", "time.sleep(3600)", "import time"],
	["a regular expression bomb", "re.match(r'(a+)+$', 'a' * 64 + 'b')", "import re"],
	["a memory bomb", "y = []\n    while True: y.append(bytearray(10 ** 6))"],
	["a recursion bomb", "return run(1)"],
	[
		"a recursion bomb with the limit raised",
		"return run(1)",
		"import sys\nsys.setrecursionlimit(10 ** 9)",
	],
	["a fork", "os.fork()", "import os"],
	["a thread", "threading.Thread(target=print).start()", "import threading"],
	["a socket", "socket.create_connection(('127.0.0.1', 9), 1)", "import socket"],
	["an exit of the process", "os._exit(0)", "import os"],
	["an abort", "os.abort()", "import os"],
];

// The machine's own Python may have threads: they are its process's affair.
const cases = STUCK.filter(([name]) => ENGINE === "embedded" || name !== "a thread");

describe("what a function may not do costs its own message", () => {
	// Twice what others have: an engine is killed and started again, beside whatever else the machine does.
	const ms = 2 * LONG_DEADLINE_MS;
	test.each(cases)("%s", async (_name, statement, top = "") => {
		const innocent = await Flow.build(target, {
			idfs: [{ code: "def run(x): return x + 0\n" }],
			odfs: [{}],
		});
		const { flow, failure } = await monitored(bad(statement, top));
		for (const x of [0, 1, 2]) {
			await flow.send([x]);
			await innocent.send([x]);
		}
		for (const x of [0, 1, 2]) expect((await innocent.receive(0, ms)).text).toBe(`[${x}]`);
		for (const x of [0, 2]) expect((await flow.receive(0, ms)).text).toBe(`[${x}]`);
		expect(String((await failure()).msg).length).toBeGreaterThan(5);
		await flow.graph.ok({ op: "detach" });
	});
});

describe("limits name themselves", () => {
	test("time, with stage, source and digest in the log", async () => {
		const code = bad("while True: pass");
		const { flow, failure } = await monitored(code);
		await flow.send([1]);
		expect(await failure()).toEqual({
			msg: "idf function failure:\ntime limit of 1000 ms exceeded",
			src: code,
		});
		expect(target.log()).toMatch(
			/message dropped.*"graph":"gui\/.*"kind":"time".*"stage":"idf".*"digest":"[0-9a-f]{64}"/,
		);
	});

	test("memory, recursion and result", async () => {
		// With so much time that its limit cannot come first, however slow the machine.
		const patient = await startTarget({ esm: { ...LIMITS, "call-timeout": DEADLINE_MS } });
		const memory = await monitored(bad("y = bytearray(10 ** 9)"), patient);
		await memory.flow.send([1]);
		expect((await memory.failure()).msg).toContain("memory limit of 128 MiB");
		const recursion = await monitored(bad("return run(1)"), patient);
		await recursion.flow.send([1]);
		expect((await recursion.failure()).msg).toContain("recursion limit of 1000");
		const result = await monitored(bad("return 'x' * 3000"), patient);
		await result.flow.send([1]);
		expect((await result.failure()).msg).toContain("result of 3004 bytes, at most 2000");
		await result.flow.expect([2], [2]);
		await patient.dispose();
	});

	test("what functions print is logged, up to the limit", async () => {
		const flow = await Flow.build(target, {
			idfs: [
				{
					code: "import sys\ndef run(x):\n  print('hello', x)\n  print('y' * 100, file=sys.stderr)\n  return x\n",
				},
			],
			odfs: [{}],
		});
		await flow.expect([7], [7]);
		// The engine tells of it beside the result, and the log follows.
		const printed = /printed.*hello 7\\ny{42} \.\.\. \(cut\)/;
		await until(() => printed.test(target.log()), "what was printed, in the log");
	});
});

describe("after the engine was replaced", () => {
	test("each watched graph is told that globals were reset, and counting starts over", async () => {
		const counter = "n = 0\ndef run(x):\n  global n\n  n += 1\n  return n\n";
		const { flow, failure } = await monitored(counter);
		await flow.expect([0], [1]);
		await flow.expect([0], [2]);
		const killer = await Flow.build(target, {
			idfs: [{ code: bad("sum(range(10 ** 12))") }],
			odfs: [{}],
		});
		await killer.send([1]);
		expect((await failure()).msg).toContain("globals of functions were reset");
		await flow.expect([0], [1]);
		await killer.graph.ok({ op: "detach" });
	});

	test("three kills within a minute quarantine the input until a function changes", async () => {
		const { flow, failure } = await monitored(bad("sum(range(10 ** 12))"));
		for (let kill = 0; kill < 3; kill++) {
			await flow.send([1]);
			while (String((await failure()).msg).includes("globals")) {}
		}
		await flow.send([5]);
		for (;;) {
			const { msg } = await failure();
			if (String(msg).includes("quarantined")) break;
		}
		const [good = ""] = await flow.graph.addFunctions("def run(x): return x\n");
		await flow.graph.ok({ op: "set_df_func", da_id: flow.device.id, idf: "idf0", new: good });
		await flow.expect([6], [6]);
	});
});
