import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPackages } from "../../../src/dataflow/python/wheels.ts";
import { writeWheel, zipOf } from "../../support/wheel.ts";

let dir: string;
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), "iotctl-wheels-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const MAX_BYTES = 1 << 20;
const PURE = "kit-1.0-py3-none-any.whl";

/** The only problem of the folder. */
function problem(): string {
	const { wheels, problems } = readPackages(dir, MAX_BYTES);
	expect([wheels.length, problems.length]).toEqual([0, 1]);
	const [text = ""] = problems;
	expect(text).not.toContain("\n");
	return text;
}

describe("wheels", () => {
	test.each([
		PURE,
		"kit-1.0-py2.py3-none-any.whl",
		"kit-1.0-1build-py3-none-any.whl",
		"kit-1.0-py314-none-any.whl",
		"kit-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl",
		"kit-1.0-cp314-cp314-pyodide_2026_0_wasm32.whl",
		"kit-1.0-cp311-abi3-pyemscripten_2026_0_wasm32.whl",
	])("%s is for this engine", (file) => {
		writeWheel(dir, file, { "kit/__init__.py": "", "kit/part.py": "", "single.py": "" });
		const { wheels, problems } = readPackages(dir, MAX_BYTES);
		expect(problems).toEqual([]);
		expect(wheels.map(({ modules }) => modules)).toEqual([["kit", "single"]]);
	});

	test.each([
		"kit-1.0-cp311-cp311-manylinux_2_17_x86_64.whl",
		"kit-1.0-cp313-cp313-pyodide_2025_0_wasm32.whl",
		"kit-1.0-cp312-none-any.whl",
		"kit-1.0-py2-none-any.whl",
	])("%s is not", (file) => {
		writeWheel(dir, file, { "kit.py": "" });
		expect(problem()).toMatch(
			/^cannot use the wheel \S+: it is for \S+, and the built-in engine takes py3-none-any, or cp314 for pyemscripten_2026_0_wasm32$/,
		);
	});

	test("files of .data go where they belong, and scripts nowhere", () => {
		writeWheel(dir, PURE, {
			"kit-1.0.data/purelib/kit.py": "x = 1",
			"kit-1.0.data/scripts/kit": "#!python",
		});
		const [wheel] = readPackages(dir, MAX_BYTES).wheels;
		expect(wheel?.files.get("kit.py")?.read().toString()).toBe("x = 1");
		expect([...(wheel?.files.keys() ?? [])].sort()).toEqual([
			"kit-1.0.dist-info/METADATA",
			"kit.py",
		]);
	});

	test("other files of the folder are left alone", () => {
		writeFileSync(join(dir, "README"), "wheels go here");
		expect(readPackages(dir, MAX_BYTES)).toEqual({ wheels: [], problems: [] });
		expect(readPackages("", MAX_BYTES)).toEqual({ wheels: [], problems: [] });
	});
});

describe("a bad wheel is named in one line", () => {
	test("no archive", () => {
		writeFileSync(join(dir, PURE), "this is not an archive, although it is long enough for one");
		expect(problem()).toBe(`cannot use the wheel ${PURE}: it is not a ZIP archive`);
	});

	test.each([0, 5, 21])("%d bytes", (length) => {
		writeFileSync(join(dir, PURE), Buffer.alloc(length));
		expect(problem()).toMatch(/it is (cut off|not a ZIP archive)$/);
	});

	test("cut off at any place, it never throws", () => {
		const whole = zipOf({ "kit-1.0.dist-info/METADATA": "Name: kit", "kit.py": "x = 1" });
		for (let length = 1; length < whole.length; length += 3) {
			writeFileSync(join(dir, PURE), whole.subarray(length));
			expect(() => readPackages(dir, MAX_BYTES)).not.toThrow();
			for (const { files } of readPackages(dir, MAX_BYTES).wheels) {
				for (const file of files.values()) expect(() => file.read()).toThrow(/is damaged$/);
			}
			writeFileSync(join(dir, PURE), whole.subarray(0, length));
			expect(readPackages(dir, MAX_BYTES).problems).toHaveLength(1);
		}
	});

	test("a name that is none", () => {
		writeWheel(dir, "kit.whl", { "kit.py": "" });
		expect(problem()).toContain("its name is not that of a wheel");
	});

	test("no METADATA", () => {
		writeFileSync(join(dir, PURE), zipOf({ "kit.py": "" }));
		expect(problem()).toContain("it has no METADATA file");
	});

	test.each(["../kit.py", "/kit.py", "kit/../../kit.py"])("a file at %s", (name) => {
		writeWheel(dir, PURE, { [name]: "" });
		expect(problem()).toContain(`${name} in it would be outside of the package`);
	});

	test("larger than the engine's memory allows", () => {
		writeWheel(dir, PURE, { "kit/data.bin": Buffer.alloc(MAX_BYTES + 1) });
		expect(problem()).toMatch(/it takes \d+ bytes, and engine-memory leaves 1048576 for packages$/);
	});

	test("larger than it says", () => {
		const archive = zipOf({ "kit-1.0.dist-info/METADATA": Buffer.alloc(1000) });
		// The size of the only entry, in the directory behind it.
		archive.writeUInt32LE(10, archive.indexOf("PK\x01\x02") + 24);
		writeFileSync(join(dir, PURE), archive);
		const [wheel] = readPackages(dir, MAX_BYTES).wheels;
		expect(() => wheel?.files.get("kit-1.0.dist-info/METADATA")?.read()).toThrow(/is damaged$/);
	});

	test("a folder that cannot be read", () => {
		const { problems } = readPackages(join(dir, "missing"), MAX_BYTES);
		expect(problems[0]).toMatch(/^cannot read the folder \S+missing: /);
	});

	test.each<[string, (path: string) => unknown]>([
		["a pipe", (path) => Bun.spawnSync(["mkfifo", path])],
		["a folder", (path) => mkdirSync(path)],
		["a device", (path) => symlinkSync("/dev/zero", path)],
		["a socket", (path) => Bun.listen({ unix: path, socket: { data() {} } })],
	])("%s is not a wheel, and nothing waits for it", (_kind, make) => {
		make(join(dir, PURE));
		expect(problem()).toBe(`cannot use the wheel ${PURE}: it is not a regular file`);
	});

	test("a link to nowhere is named", () => {
		symlinkSync(join(dir, "gone"), join(dir, PURE));
		expect(problem()).toContain("ENOENT");
	});

	test("a file that may not be read is named", () => {
		writeWheel(dir, PURE, { "kit.py": "" });
		chmodSync(join(dir, PURE), 0);
		if (process.getuid?.() === 0) expect(readPackages(dir, MAX_BYTES).problems).toEqual([]);
		else expect(problem()).toContain("EACCES");
	});
});
