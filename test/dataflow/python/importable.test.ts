import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importable } from "../../../src/dataflow/python/importable.ts";
import { hasProgram } from "../../support/programs.ts";
import { writeWheel } from "../../support/wheel.ts";

let packagesDir: string;
beforeEach(() => {
	packagesDir = mkdtempSync(join(tmpdir(), "iotctl-importable-"));
});
afterEach(() => rmSync(packagesDir, { recursive: true }));

const list = (engine: "embedded" | "python3") =>
	importable(engine, { packagesDir, maxMemoryBytes: 1 << 28 });

describe("what functions may import", () => {
	test("with the built-in engine: the standard library without what leads out, and wheels", () => {
		writeWheel(packagesDir, "kit-1.0-py3-none-any.whl", { "kit/__init__.py": "", "alone.py": "" });
		writeFileSync(join(packagesDir, "bad-1.0-py3-none-any.whl"), "not a wheel");
		const { standard, packages, problems } = list("embedded");
		for (const name of ["json", "math", "asyncio", "statistics"]) expect(standard).toContain(name);
		for (const name of ["ctypes", "webbrowser", "_json"]) expect(standard).not.toContain(name);
		expect(packages).toEqual(["alone", "kit"]);
		expect(problems).toEqual([expect.stringContaining("bad-1.0")]);
	});

	test.if(hasProgram("/usr/bin/python3", "--version"))("with python3: what that finds", () => {
		const { standard, problems } = list("python3");
		expect(standard).toContain("ctypes");
		expect(standard).toEqual(standard.toSorted());
		expect(standard.filter((name) => name.startsWith("_"))).toEqual([]);
		expect(problems).toEqual([]);
	});
});
