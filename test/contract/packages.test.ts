// `packages` in [esm]: wheels that the built-in engine loads, pure Python and compiled for it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FAST_MODULE } from "../support/fast-module.ts";
import { Flow } from "../support/flow.ts";
import { startTarget, type Target } from "../support/target.ts";
import { writeWheel } from "../support/wheel.ts";

const LIBRARY = "fast.cpython-314-wasm32-emscripten.so";
let dir: string;
let target: Target;
beforeAll(async () => {
	dir = mkdtempSync(join(tmpdir(), "iotctl-packages-"));
	writeWheel(dir, "mathkit-1.2-py3-none-any.whl", {
		"mathkit/__init__.py": "from .core import triple\n",
		"mathkit/core.py": "def triple(x): return 3 * x\n",
		"mathkit/table.txt": "one two",
	});
	writeWheel(dir, "fast-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl", {
		[LIBRARY]: FAST_MODULE,
	});
	writeWheel(dir, "broken-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl", {
		"broken.cpython-314-wasm32-emscripten.so": "no WebAssembly",
	});
	writeWheel(dir, "alien-1.0-cp311-cp311-manylinux_2_17_x86_64.whl", { "alien.py": "" });
	writeFileSync(join(dir, "torn-1.0-py3-none-any.whl"), "PK");
	target = await startTarget({ esm: { packages: dir } });
});
afterAll(async () => {
	await target.dispose();
	rmSync(dir, { recursive: true });
});

describe("packages of the built-in engine", () => {
	test("a pure Python wheel: its modules, its data, its version", async () => {
		const flow = await Flow.build(target, {
			idfs: [
				{
					code: "import mathkit, importlib.metadata, importlib.resources\ntable = importlib.resources.files('mathkit').joinpath('table.txt').read_text()\ndef run(x): return [mathkit.triple(x), table, importlib.metadata.version('mathkit')]\n",
				},
			],
			odfs: [{}],
		});
		await flow.expect([2], [6, "one two", "1.2"]);
	});

	test("a compiled wheel", async () => {
		const flow = await Flow.build(target, {
			idfs: [{ code: "import fast\ndef run(x): return fast.add_one(x)\n" }],
			odfs: [{}],
		});
		await flow.expect([41], [42]);
	});

	test("a compiled module that a function brings itself is refused", async () => {
		const flow = await Flow.build(target, {
			idfs: [
				{
					code: `import importlib.machinery as m\ndef run(x):\n  with open('/tmp/own.so', 'wb') as file: file.write(open('/lib/python3.14/site-packages/${LIBRARY}', 'rb').read())\n  try: return str(m.ExtensionFileLoader('fast', '/tmp/own.so').create_module(m.ModuleSpec('fast', None, origin='/tmp/own.so')))\n  except ImportError: return 'refused'\n`,
				},
			],
			odfs: [{}],
		});
		await flow.expect([1], ["refused"]);
	});

	test("a missing package is refused with both ways to have it", async () => {
		const flow = await Flow.build(target, { idfs: [{}], odfs: [{}] });
		const [digest = ""] = await flow.graph.addFunctions("import numpy\ndef run(x): return x\n");
		const reply = await flow.graph.call({ op: "set_join", new: digest });
		expect(JSON.stringify(reply)).toContain(
			"(the built-in engine has no numpy: set engine = python3 in [esm] for the packages of this machine, or put a wheel of it into the folder that packages in [esm] names)",
		);
	});

	test("each wheel that cannot be used is named in the log", async () => {
		// Wheels are loaded with the engine.
		const flow = await Flow.build(target, {
			idfs: [{ code: "def run(x): return x\n" }],
			odfs: [{}],
		});
		await flow.expect([1], [1]);
		const log = target.log();
		expect(log).toMatch(
			/cannot use the wheel alien-1.0-cp311-cp311-manylinux_2_17_x86_64.whl: it is for /,
		);
		expect(log).toMatch(/cannot use the wheel torn-1.0-py3-none-any.whl: it is /);
		expect(log).toMatch(
			/cannot load the wheel broken-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl: /,
		);
		expect(log).not.toContain("function engine replaced");
	});
});
