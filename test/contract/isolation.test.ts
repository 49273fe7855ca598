import { afterAll, beforeAll, describe, test } from "bun:test";
import { Flow } from "../support/flow.ts";
import { startTarget, type Target } from "../support/target.ts";

let target: Target;
beforeAll(async () => {
	process.env.IOTCTL_TEST_SECRET = "of the host";
	target = await startTarget();
});
afterAll(() => target.dispose());

describe("user functions reach nothing of the host", () => {
	test("files, environment and processes of the host are not there", async () => {
		const flow = await Flow.build(target, {
			idfs: [{ code: "import os\ndef run(source): return [str(eval(source))]\n" }],
			odfs: [{}],
		});
		await flow.expect(["os.path.exists('/proc/self/environ')"], ["False"]);
		await flow.expect(["os.path.exists('/etc/passwd')"], ["False"]);
		await flow.expect([`os.path.exists('${target.userdir}')`], ["False"]);
		await flow.expect(["'IOTCTL_TEST_SECRET' in os.environ"], ["False"]);
		await flow.expect(["os.system('true') != 0"], ["True"]);
		await flow.send(["__import__('socket').create_connection(('127.0.0.1', 9992), 1)"]);
		await flow.send(["__import__('subprocess').run(['true'])"]);
		await flow.send(["open('/etc/passwd').read()"]);
		await flow.expect(["1"], ["1"]);
	});

	test("reaching for the host's JavaScript costs the engine, not the gateway", async () => {
		const innocent = await Flow.build(target, {
			idfs: [{ code: "def run(x): return x + 1\n" }],
			odfs: [{}],
		});
		const flow = await Flow.build(target, { idfs: [{}], odfs: [{}] });
		const [reach = ""] = await flow.graph.addFunctions(
			"import js\ndef run(x): return js.eval('1')\n",
		);
		const reply = await flow.graph.call({ op: "set_join", new: reach });
		if (reply.state === "ok") await flow.send([1]);
		await innocent.expect([1], [2]);
		await flow.graph.ok({ op: "set_join", new: null });
		await flow.expect([5], [5]);
	});

	test("a memory bomb and a recursion bomb are errors of their own message", async () => {
		const flow = await Flow.build(target, {
			idfs: [
				{
					code: "def run(x):\n  if x == 1:\n    y = []\n    while True: y.append(bytearray(10 ** 6))\n  if x == 2: return run(2)\n  return x\n",
				},
			],
			odfs: [{}],
		});
		await flow.send([1]);
		await flow.send([2]);
		await flow.expect([3], [3]);
	});
});
