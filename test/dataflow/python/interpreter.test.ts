// The engine with `embedded_main.py`: the interpreter is set up in an engine's process: it closes the way to the host for good.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedPython } from "../../../src/dataflow/python/engine-process.ts";
import { ENGINE_LIMITS, RealEngine } from "../../support/real-engine.ts";
import { writeWheel } from "../../support/wheel.ts";

let engine: RealEngine;
let packagesDir: string;
beforeAll(async () => {
	packagesDir = mkdtempSync(join(tmpdir(), "iotctl-interpreter-"));
	writeWheel(packagesDir, "kit-1.0-py3-none-any.whl", { "kit/__init__.py": "answer = 42\n" });
	const command = embeddedPython({ ...ENGINE_LIMITS, packagesDir });
	engine = new RealEngine({ ...command, env: { ...command.env, TZ: "Asia/Taipei" } });
	await engine.replies.take("an engine that is ready", ({ answer }) => answer === "ready");
});
afterAll(async () => {
	await engine.stop();
	rmSync(packagesDir, { recursive: true });
});

let handle = 0;
/** What an expression gives, as Python prints it. */
async function value(expression: string, before = ""): Promise<string> {
	handle += 1;
	const code = `${before}\ndef run(x):\n  try: return repr((${expression}))\n  except BaseException as e: return type(e).__name__\n`;
	expect(await engine.prepare(handle, code)).toBeNull();
	return JSON.parse(await engine.call(handle, 1))[0];
}

describe("interpreter", () => {
	test("is Python with its library, from the snapshot", async () => {
		expect(await value("sys.version_info[:2]", "import sys")).toBe("(3, 14)");
		expect(await value("statistics.mean([1, 2])", "import statistics")).toBe("1.5");
		expect(await value("random.random() != random.random()", "import random")).toBe("True");
	});

	test("knows packages of its folder, and the local time zone", async () => {
		expect(await value("kit.answer", "import kit")).toBe("42");
		expect(await value("time.localtime(0)[:5], time.tzname[0]", "import time")).toBe(
			"((1970, 1, 1, 8, 0), 'CST')",
		);
	});

	test("has files of its own, up to its memory", async () => {
		expect(await value("open('/tmp/a', 'w').write('abc')")).toBe("3");
		expect(await value("open('/tmp/a').read()")).toBe("'abc'");
		expect(await value("open('/tmp/b', 'wb').write(bytes(200 << 20))")).toMatch(
			/OSError|MemoryError/,
		);
	});

	test("has no way to the host", async () => {
		expect(await value("__import__('js')")).toBe("ImportError");
		expect(await value("os.environ.get('PATH')", "import os")).toBe("'/usr/bin:/bin'");
		expect(await value("os.listdir('/proc')", "import os")).not.toContain("'1'");
	});

	test("raises RecursionError where its stack ends", async () => {
		expect(await value("f(1)", "def f(x): return f(x)")).toBe("RecursionError");
	});
});
