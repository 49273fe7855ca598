import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Flow, failuresOf } from "../support/flow.ts";
import { hasProgram } from "../support/programs.ts";
import { startTarget, type Target } from "../support/target.ts";
import { LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const ENGINES = 2;
/**
 * An external broker may send what comes at the same time in one piece. It is one batch then, whose time is wall time:
 * that of the stuck call on a busy machine would be its end.
 */
const LIMITS = {
	esm: { engines: ENGINES, "call-timeout": 5000, "batch-timeout": LONG_DEADLINE_MS },
};
/** Fewer than mosquitto keeps for a subscriber, more than it has in flight. */
const FLOOD = 900;
const counter = { code: "n = 0\ndef run(x):\n  global n\n  n += 1\n  return n\n" };
const build = (target: Target, code: string) =>
	Flow.build(target, { idfs: [{ code }], odfs: [{}] });

describe("§5.3 graphs in several engines", () => {
	let target: Target;
	beforeAll(async () => {
		target = await startTarget(LIMITS);
	});
	afterAll(() => target.dispose());

	test("a function that is stuck holds up those of its own engine only", async () => {
		const stuck = await build(target, "def run(x):\n  while x == 1: pass\n  return x\n");
		const other = await build(target, counter.code);
		const beside = await build(target, counter.code);
		await stuck.expect([0], [0]);
		await beside.expect([0], [1]);
		const failure = await failuresOf(stuck);
		let isOver = false;
		await stuck.send([1]);
		await beside.send([0]);
		const over = failure().then((text) => {
			isOver = true;
			return text;
		});
		for (let n = 1; n <= 20; n++) await other.expect([n], [n]);
		expect(isOver).toBe(false);
		expect(await over).toContain("time limit of 5000 ms exceeded");
		expect((await beside.receive()).text).toBe("[2]");
	});

	test("what is stored lives in several engines after a start too", async () => {
		const flows = await Promise.all([1, 2, 3].map(() => build(target, counter.code)));
		for (const flow of flows) await flow.expect([0], [1]);
		target = await target.restart();
		const ready = () => target.log().split("function engine ready").length - 1;
		await until(() => ready() === ENGINES, "both engines");
	});

	test("§5.4 one that is stuck and flooded at QoS 1 holds up data of QoS 1 of others once", async () => {
		// Of its own: new graphs are placed where there was least to do lately.
		const target = await startTarget(LIMITS);
		const stuck = await build(target, "def run(x):\n  while x == 1: pass\n  return x\n");
		const other = await build(target, counter.code);
		await stuck.expect([0], [0]);
		await other.expect([0], [1]);
		const failure = await failuresOf(stuck);
		let isOver = false;
		const over = failure().then(() => {
			isOver = true;
		});
		const flood = ([1, ...Array(FLOOD).fill(0)] as number[]).map((x) =>
			stuck.device.client.publish(stuck.idfTopics[0] ?? "", [x], { qos: 1 }),
		);
		for (let n = 1; n <= 20; n++) {
			await other.device.client.publish(other.idfTopics[0] ?? "", [n], { qos: 1 });
			expect((await other.receive()).text).toBe(`[${n + 1}]`);
		}
		expect(isOver).toBe(false);
		await Promise.all([...flood, over]);
		for (let n = 0; n < FLOOD; n++) expect((await stuck.receive()).text).toBe("[0]");
		await target.dispose();
	});
});

describe.if(hasProgram("/usr/bin/python3", "--version"))("an engine that lies", () => {
	test("about a graph of another engine is replaced, and the other graph gets nothing", async () => {
		const esm = { engine: "python3", engines: ENGINES, "engine-memory": 1024 };
		const target = await startTarget({ esm });
		const lie = `
import os, posix
CHANNEL = max(int(name) for name in os.listdir('/proc/self/fd'))
def run(x):
  if x > 0:
    data = chr(30).join(['1', *(field for link in range(2, 7) for field in (str(link), '[666]'))])
    posix.write(CHANNEL, b'slice %d\\n%s' % (len(data), data.encode()))
  return x
`;
		const liar = await build(target, lie);
		const other = await build(target, "def run(x): return x\n");
		await other.expect([1], [1]);
		const failure = await failuresOf(liar);
		await liar.send([1]);
		expect(await failure()).toContain("it answered for a graph of another engine");
		await other.expect([2], [2]);
		await target.dispose();
	});
});
