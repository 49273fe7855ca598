import { afterAll, beforeAll, expect, test } from "bun:test";
import { Flow } from "../support/flow.ts";
import { startTarget, type Target } from "../support/target.ts";

let target: Target;
beforeAll(async () => {
	target = await startTarget({
		esm: { engine: process.env.IOTCTL_ENGINE ?? "embedded", "call-timeout": 10_000 },
	});
});
afterAll(() => target.dispose());

test("a flood of the largest messages costs no function its globals", async () => {
	const counter = "n = 0\ndef run(x):\n  global n\n  n += 1\n  return n\n";
	const beside = await Flow.build(target, { idfs: [{ code: counter }], odfs: [{}] });
	await beside.expect([0], [1]);
	// The first call takes so long that the others wait for it.
	const code =
		"import time\ntime_left = [0.5]\ndef run(x):\n  if time_left: time.sleep(time_left.pop())\n  return len(x)\n";
	const flow = await Flow.build(target, { idfs: [{ code }], odfs: [{}] });
	const large = JSON.stringify("x".repeat(1_000_000));
	for (let n = 0; n < 300; n++) await flow.send(large);
	for (let n = 0; n < 300; n++) expect((await flow.receive()).text).toBe("[1000000]");
	await beside.expect([0], [2]);
});
