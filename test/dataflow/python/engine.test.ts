import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { RealEngine } from "../../support/real-engine.ts";

let engine: RealEngine;
beforeAll(async () => {
	engine = await RealEngine.start();
});
afterAll(() => engine.stop());

describe("the engine's main loop", () => {
	test("answers one request after the other, in order", async () => {
		expect(await engine.prepare(1, "def run(x): return x * 2\n")).toBeNull();
		expect(await engine.prepare(2, "def walk(x): return x\n")).toContain("`run` not found");
		expect(await engine.call(1, 21)).toBe("[42]");
		expect(await engine.ask("drop", 1)).toBe('{"1": "42"}');
		expect(await engine.ask("record", 1)).toBe("null");
		expect(await engine.ask("release", [1, 2])).toBe("null");
	});

	test("answers a batch slice by slice", async () => {
		await engine.prepare(3, "import time\ndef run(x):\n  time.sleep(0.03)\n  return x\n");
		expect(await engine.call(3, 0)).toBe("[0]");
		engine.send({ ask: "batch", text: "3\x1e1\x1e3\x1e2\x1e3\x1e3" });
		for (const n of [1, 2, 3]) {
			const { answer, text = "" } = { text: "", ...(await engine.replies.take("a slice")) };
			const [head = "", ...output] = text.split("\x1e");
			expect([answer, ...output]).toEqual(["slice", "1003", `[${n}]`]);
			const [done, micros, last] = head.split(" ").map(Number);
			expect([done, last]).toEqual([1, micros]);
			expect(micros).toBeGreaterThan(29_000);
		}
	});

	test("requests one after the other are answered each, polled for or slept for", async () => {
		await engine.prepare(5, "def run(x): return x + 1\n");
		expect(await engine.call(5, 0)).toBe("[1]");
		for (let n = 0; n < 300; n++) {
			const answer = await engine.ask("batch", `5\x1e${n}`);
			expect(answer.split("\x1e").slice(1)).toEqual(["1005", `[${n + 1}]`]);
		}
	});

	test("texts of a megabyte and of every kind of character come through whole", async () => {
		await engine.prepare(4, "def run(x): return len(x), x[-1]\n");
		const text = `${"é漢😀".repeat(100_000)}!`;
		expect(await engine.call(4, text)).toBe('[300001,"!"]');
	});
});

describe("an engine", () => {
	test("ends over a request it does not know", async () => {
		const own = await RealEngine.start();
		own.send({ ask: "hello" as "batch", text: "" });
		expect(await own.ended()).toBe("exit code 70");
	});

	test("interrupts what exceeds the time limit, and lives on", async () => {
		const own = await RealEngine.start({ callTimeoutMs: 1000 });
		await own.prepare(1, "def run(x):\n  while x: pass\n  return x\n");
		expect(await own.call(1, 1)).toBe("time limit of 1000 ms exceeded");
		expect(await own.call(1, 0)).toBe("[0]");
		await own.stop();
	});
});
