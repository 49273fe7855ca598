// What looks wrong in a source: places, and nothing where all is well.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Workbench } from "../../../src/dataflow/workbench/workbench.ts";
import { describeEach } from "../../support/kinds.ts";
import { ENGINES, realWorkbench } from "./real-workbench.ts";

describeEach(ENGINES)("lint with the engine %s", (engine) => {
	let workbench: Workbench;
	beforeAll(() => {
		workbench = realWorkbench({ engine });
	});
	afterAll(() => workbench.stop());

	/** Findings as `line:column text_id name-or-message`. */
	async function found(code: string, hasHelpers = false): Promise<string[]> {
		const findings = await workbench.lint("ann", code, hasHelpers);
		if (!Array.isArray(findings)) throw new Error(findings.reason);
		return findings.map(({ line, column, text_id, args }) =>
			`${line}:${column} ${text_id} ${args.name ?? args.message ?? ""}`.trim(),
		);
	}

	test("has nothing to say of functions that are well", async () => {
		for (const code of [
			"def run(x): return x",
			"import math\ndef run(x):\n  y = math.sqrt(x)\n  return y",
			"n = 0\ndef run(x):\n  global n\n  n += x\n  return n",
			"class A:\n  size = 2\n  double = size * 2\n  def get(self): return self.double\ndef run(x): return A().get()",
			"def run(*args, **named): return [a for a in args if a in named]",
			"def run(x):\n  def add(y):\n    nonlocal x\n    x += y\n  add(1)\n  return x",
			"try:\n  from json import loads\nexcept ImportError as error:\n  raise SystemExit(error)\ndef run(x): return loads(x)",
			"from math import *\ndef run(x): return sqrt(x)",
			"def run(x):\n  first, second = x\n  return first",
			"def run(x: 'int') -> 'int':\n  _unused = x\n  return x if __name__ else None",
			"def run(x):\n  yield x",
			"def run(x): raise NotImplementedError",
			"from math import sqrt as run",
			"def run(x):\n  match x:\n    case [a, b]: return a + b\n    case {'k': v}: return v\n    case _: return None",
			"def run(x):\n  with open('/tmp/a') as file:\n    return [line for line in file]",
			"try: total\nexcept NameError: total = 0\ndef run(x):\n  global total\n  total += x\n  return total",
		]) {
			expect([code, await found(code)]).toEqual([code, []]);
		}
	});

	test("finds names that are nowhere, with their places", async () => {
		expect(await found("def run(x):\n  return x + bb")).toEqual(["2:14 undefined_name bb"]);
		expect(await found("def run(x):\n  return '溫度' + bb")).toEqual(["2:17 undefined_name bb"]);
		expect(await found("def run(x): return iot.a(x)")).toEqual(["1:20 undefined_name iot"]);
		expect(await found("def run(x): return iot.a(x)", true)).toEqual([]);
		const local = "def other():\n  bb = 1\n  return bb\ndef run(x):\n  return bb";
		expect(await found(local)).toEqual(["5:10 undefined_name bb"]);
		expect(await found("def run(x):\r\n  return bb\r\n")).toEqual(["2:10 undefined_name bb"]);
	});

	test("finds what is never used", async () => {
		expect(await found("import math, json as j\ndef run(x): return x")).toEqual([
			"1:8 unused_import math",
			"1:14 unused_import j",
		]);
		expect(await found("from os import path\ndef run(x): return x")).toEqual([
			"1:16 unused_import path",
		]);
		expect(await found("def run(x):\n  y = x\n  return x")).toEqual(["2:3 unused_variable y"]);
	});

	test("says that run gives nothing, or that there is none", async () => {
		expect(await found("def run(x):\n  x + 1")).toEqual(["1:1 run_returns_nothing"]);
		expect(await found("def run(x):\n  def f(): return 1\n  f()\n  return")).toEqual([
			"1:1 run_returns_nothing",
		]);
		expect(await found("x = 1")).toEqual(["1:1 no_run"]);
	});

	test("gives syntax errors and the compiler's warnings with line and column", async () => {
		expect(await found("def run(x):\n  return (1 +")).toEqual([
			expect.stringMatching(/^2:10 syntax_error '\(' was never closed/),
		]);
		expect(await found("def run(x)\n  return x")).toEqual([
			expect.stringMatching(/^1:11 syntax_error expected ':'/),
		]);
		expect(await found("return 5")).toEqual([expect.stringMatching(/^1:1 syntax_error .*outside/)]);
		expect(await found("def run(x):\n  return x is 5")).toEqual([
			expect.stringMatching(/^2:1 python_warning "is" with/),
		]);
	});

	test("what is too deep, too long or too much has an end", async () => {
		const deep = await found(`run = ${"-".repeat(50_000)}1`);
		expect(deep).toHaveLength(1);
		const many = await found(`def run(x):\n  return [${"bb, ".repeat(10_000)}]`);
		expect(many.length).toBeLessThanOrEqual(100);
		const name = await found(`def run(x): return ${"b".repeat(5000)}`);
		expect(name[0]?.length).toBeLessThan(250);
		expect(await found("def run(x): return x")).toEqual([]);
	});

	test("runs nothing of it", async () => {
		expect(await found("while str: pass\ndef run(x): return x")).toEqual([]);
	});
});
