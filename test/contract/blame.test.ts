import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Flow, failuresOf } from "../support/flow.ts";
import { call } from "../support/gateway.ts";
import { hasProgram } from "../support/programs.ts";
import { startTarget, type Target } from "../support/target.ts";

const KILL = "sum(range(10 ** 12))";
const killer = { code: `def run(x):\n  if x == 1: ${KILL}\n  return x\n` };
const counter = { code: "n = 0\ndef run(x):\n  global n\n  n += 1\n  return n\n" };

describe.if(hasProgram("/usr/bin/python3", "--version"))("an engine that ends", () => {
	let target: Target;
	beforeAll(async () => {
		target = await startTarget({ esm: { engine: "python3", engines: 1 } });
	});
	afterAll(() => target.dispose());

	test("an input whose messages are running when another's trap springs is never blamed", async () => {
		const trap =
			"import ctypes, os, sys, threading\ndef run(x):\n  sys.trap = True\n  threading.Timer(0.1, ctypes.CDLL(None).kill, (os.getpid(), 9)).start()\n  return x\n";
		// Runs until the trap of its engine springs; without one it is done at once.
		const slow =
			"import sys, time\ndef run(x):\n  while hasattr(sys, 'trap'): time.sleep(0.01)\n  return x\n";
		const innocent = await Flow.build(target, { idfs: [{ code: slow }], odfs: [{}] });
		const guilty = await Flow.build(target, { idfs: [{ code: trap }], odfs: [{}] });
		const restarts = () => target.log().split("function engine replaced").length - 1;
		for (let n = 1; n <= 4; n++) {
			await guilty.send(n);
			expect((await guilty.receive()).text).toBe(`[${n}]`);
			await innocent.send(n);
			expect((await innocent.receive()).text).toBe(`[${n}]`);
			expect(restarts()).toBeGreaterThanOrEqual(n);
		}
		expect(target.log()).not.toContain("quarantined");
	});
});

describe("a restart of the engine that is asked for", () => {
	let target: Target;
	beforeAll(async () => {
		target = await startTarget({ esm: { "call-timeout": 1000 } });
	});
	afterAll(() => target.dispose());

	const restart = (headers: Record<string, string> = {}) =>
		call(target, "POST", "/api/engine/restart", undefined, headers);

	test("starts globals over, loses no message, and says why", async () => {
		const flow = await Flow.build(target, { idfs: [counter], odfs: [{}] });
		const failure = await failuresOf(flow);
		await flow.expect([0], [1]);
		await flow.expect([0], [2]);
		expect(await restart()).toMatchObject({ status: 200, json: { state: "ok" } });
		await flow.expect([0], [1]);
		expect(await failure()).toContain("requested by iotctl engine restart");
	});

	test("ends a quarantine", async () => {
		const flow = await Flow.build(target, { idfs: [killer], odfs: [{}] });
		const failure = await failuresOf(flow);
		for (;;) {
			await flow.send([1]);
			if ((await failure()).includes("quarantined for")) break;
		}
		await restart();
		await flow.expect([5], [5]);
	});

	test("is not for pages of other origins", async () => {
		expect((await restart({ "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
		expect((await restart({ Origin: "http://elsewhere.example" })).status).toBe(403);
	});
});
