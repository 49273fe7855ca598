// What the workbench says about sources before they are stored: nothing of them runs.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Workbench } from "../../../src/dataflow/workbench/workbench.ts";
import { describeEach } from "../../support/kinds.ts";
import { ENGINES, realWorkbench } from "./real-workbench.ts";

const NO_RUN = "function name `run` is undefined";

describeEach(ENGINES)("check with the engine %s", (engine) => {
	let workbench: Workbench;
	beforeAll(() => {
		workbench = realWorkbench({ engine });
	});
	afterAll(() => workbench.stop());

	test("a function that compiles has nothing against it", async () => {
		for (const code of [
			"def run(x): return x",
			"\ufeffrun = lambda *args: args[0]",
			"if True:\n  def run(x): return x\nelse:\n  run = None",
			"from math import sqrt as run",
			"def make():\n  global run\n  def run(x): return x\nmake()",
			"from math import *",
			"exec('def run(x): return x')",
			"def run(x):\n  return '温度'",
		]) {
			expect([code, await workbench.check(code)]).toEqual([code, undefined]);
		}
	});

	test("a source without `run` is told so", async () => {
		for (const code of [
			"",
			"x = 1\n",
			"def walk(x): return x",
			"run(1)",
			"class A:\n  def run(self): pass",
			"def a():\n  run = 1\n  return run",
		]) {
			expect([code, await workbench.check(code)]).toEqual([code, NO_RUN]);
		}
	});

	test("what does not compile is told in Python's words, with the line", async () => {
		const reason = await workbench.check("import math\ndef run(x: return");
		expect(reason).toContain("SyntaxError");
		expect(reason).toContain("line 2");
		expect(reason).toStartWith('File "<UserFunction>", line 2\n');
		expect(await workbench.check("def run(x):\nreturn x")).toContain("IndentationError");
		expect(await workbench.check("return 1")).toContain("'return' outside function");
		expect(await workbench.check("def run(): return 'a\0b'")).toContain("null byte");
	});

	test("nothing is executed", async () => {
		expect(await workbench.check("while str: pass\ndef run(): pass")).toBeUndefined();
		expect(await workbench.check("import sys\nsys.exit()\ndef run(): pass")).toBeUndefined();
		expect(await workbench.check("import builtins\ndel builtins.compile\nrun = 1")).toBeUndefined();
		expect(await workbench.check("print('a' * 10**9)\nrun = 1")).toBeUndefined();
	});

	test("what is too deep for the compiler is a reason, and the next check works", async () => {
		for (const code of [
			`run = ${"(".repeat(5000)}${")".repeat(5000)}`,
			`run = ${"-".repeat(50_000)}1`,
			`run = ${"[".repeat(150)}${"]".repeat(150)}`,
			`run = ${"1+".repeat(30_000)}1`,
		]) {
			const reason = await workbench.check(code);
			if (reason !== undefined) expect(reason.length).toBeLessThan(8192);
			expect(await workbench.check("def run(): pass")).toBeUndefined();
		}
	});
});

describe("check", () => {
	test("refuses what the CSM would find too long, without an engine", async () => {
		const workbench = realWorkbench({ maxSourceBytes: 10 });
		expect(await workbench.check("run = '温度'")).toBe(
			"it is 14 bytes long, at most 10 are accepted",
		);
		expect(workbench.stats).toEqual({ state: "off", pid: null, waiting: 0 });
	});

	test("a megabyte of source comes to an end", async () => {
		// With less memory, it is up to the speed of the machine whether time or memory ends first.
		const workbench = realWorkbench({ maxSourceBytes: 1 << 24, maxMemoryBytes: 512 << 20 });
		const long = `${"x = [1, 2, 3]\n".repeat(75_000)}def run(): pass`;
		expect(await workbench.check(long)).toBeUndefined();
		expect(await workbench.check("x = 1")).toBe(NO_RUN);
		await workbench.stop();
	});
});
