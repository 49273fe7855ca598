// Into a real interpreter, which is not an engine's: nothing is closed in it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPyodide, type PyodideAPI } from "pyodide";
import { installPackages } from "../../../src/dataflow/python/install-packages.ts";
import { readPackages } from "../../../src/dataflow/python/wheels.ts";
import { writeWheel } from "../../support/wheel.ts";

let python: PyodideAPI;
let dir: string;
beforeAll(async () => {
	python = await loadPyodide({ env: {} });
	dir = mkdtempSync(join(tmpdir(), "iotctl-install-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

describe("packages", () => {
	test("can be imported once they are installed; one that fails is named and does not stop the others", async () => {
		writeWheel(dir, "kit-1.0-py3-none-any.whl", {
			"kit/__init__.py": "from .part import answer\n",
			"kit/part.py": "answer = 42\n",
		});
		const library = "broken.cpython-314-wasm32-emscripten.so";
		writeWheel(dir, "broken-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl", {
			[library]: "no library",
		});
		const { wheels, problems: unread } = readPackages(dir, 1 << 20);
		expect([wheels.length, unread]).toEqual([2, []]);
		const { problems, isLoaded } = await installPackages(python, wheels);
		expect(problems).toEqual([
			expect.stringMatching(/^cannot load the wheel broken-1\.0.*\.whl: /),
		]);
		expect(python.runPython("import kit; kit.answer")).toBe(42);
		expect(isLoaded(`/lib/python3.14/site-packages/${library}.not`)).toBe(false);
	});
});
