// What SIGTERM means: queued work is finished, clients are let go, nothing stays behind.
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { Flow } from "../support/flow.ts";
import { startBinary, type Target } from "../support/target.ts";
import { until, within } from "../support/waiting.ts";

let target: Target;
afterEach(() => target.dispose());

const SLOW = "import time\ndef run(x):\n    time.sleep(0.01)\n    return x\n";
/** Far less work than a stop waits for, three seconds. */
const QUEUED = 20;
const STUCK = "def run(x):\n    while True: pass\n";

const enginePid = () => Number(/"engine":(\d+).*engine ready/.exec(target.log())?.[1] ?? 0);
const isAlive = (pid: number) => existsSync(`/proc/${pid}/stat`);

async function start(code: string, esm = {}): Promise<Flow> {
	target = await startBinary({ log: { level: "debug", format: "json" }, esm });
	return Flow.build(target, { idfs: [{ code }], odfs: [{}] });
}

describe("SIGTERM", () => {
	test("queued messages are finished and delivered, clients see an orderly end", async () => {
		const flow = await start(SLOW);
		await flow.expect(0, [0]);
		const pid = enginePid();
		expect(isAlive(pid)).toBe(true);
		const over = Promise.withResolvers<void>();
		flow.device.client.raw.once("close", () => over.resolve());
		for (let n = 1; n <= QUEUED; n++) await flow.send(n);
		// The first of them is out, so the others are queued in the server.
		await flow.receive();
		target.process?.kill("SIGTERM");
		for (let n = 2; n <= QUEUED; n++) {
			expect(JSON.parse((await flow.receive()).text)).toEqual([n]);
		}
		expect(await within(target.process?.exited ?? Promise.reject(), "the end")).toBe(0);
		await within(over.promise, "the end of the connection");
		expect(target.log()).toContain('"msg":"stopped"');
		expect(isAlive(pid)).toBe(false);
	});

	test("what does not end is given up; a second SIGTERM does not wait for that; no engine stays", async () => {
		const flow = await start(STUCK, { "call-timeout": 600_000 });
		const running = enginePid();
		for (let n = 0; n < 5; n++) await flow.send(n);
		// What is confirmed is in the server, and what was sent before it as well.
		await flow.device.client.publish(flow.idfTopics[0] ?? "", 5);
		target.process?.kill("SIGTERM");
		await until(() => target.log().includes('"msg":"stopping"'), "the log");
		target.process?.kill("SIGTERM");
		expect(await within(target.process?.exited ?? Promise.reject(), "the end")).toBe(1);
		await until(() => !isAlive(running), "the engine's end");
	});

	test("one SIGTERM is enough, even with a function that never ends", async () => {
		const flow = await start(STUCK, { "call-timeout": 600_000 });
		const running = enginePid();
		await flow.device.client.publish(flow.idfTopics[0] ?? "", 1);
		target.process?.kill("SIGTERM");
		expect(await within(target.process?.exited ?? Promise.reject(), "the end")).toBe(0);
		expect(target.log()).toContain("stop timeout reached with messages still queued");
		expect(isAlive(running)).toBe(false);
	});
});
