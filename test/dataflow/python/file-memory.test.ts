// On the file system of a real interpreter, which is not an engine's: nothing is closed in it.
import { beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { loadPyodide, type PyodideAPI } from "pyodide";
import { FileMemory, type FileSystem } from "../../../src/dataflow/python/file-memory.ts";

const MEBIBYTE = 1 << 20;
let python: PyodideAPI;
let room: number;
let memory: FileMemory;
beforeAll(async () => {
	python = await loadPyodide({ env: {} });
	const files: FileSystem = python.FS;
	memory = new FileMemory(files, () => room);
});
beforeEach(() => {
	room = 4 * MEBIBYTE;
	python.runPython("import os, shutil; shutil.rmtree('/tmp/t', True); os.mkdir('/tmp/t')");
	memory.recount();
});

/** What a line of Python raises, its error number with it; null when nothing. */
function raised(line: string): string | null {
	const code = `
def attempt():
    try: exec(${JSON.stringify(line)}, {'os': os})
    except OSError as error: return os.strerror(error.errno)
attempt()
`;
	const said: unknown = python.runPython(code);
	return typeof said === "string" ? said : null;
}

const NO_SPACE = "No space left on device";

describe("file memory", () => {
	test("counts what is written, and no more than there is once it is removed", () => {
		const before = memory.bytes;
		expect(raised("open('/tmp/t/a', 'wb').write(bytes(1 << 20))")).toBeNull();
		expect(memory.recount() - before).toBeGreaterThanOrEqual(MEBIBYTE);
		python.runPython("os.remove('/tmp/t/a')");
		expect(memory.recount() - before).toBeLessThan(MEBIBYTE / 4);
	});

	test("a file that would take more than there is room for is refused, smaller ones are not", () => {
		expect(raised("open('/tmp/t/a', 'wb').write(bytes(8 << 20))")).toBe(NO_SPACE);
		expect(raised("open('/tmp/t/b', 'wb').write(bytes(1 << 20))")).toBeNull();
	});

	test("what was removed makes room again", () => {
		for (let n = 0; n < 8; n++) {
			expect(raised("open('/tmp/t/a', 'wb').write(bytes(2 << 20))")).toBeNull();
			python.runPython("os.remove('/tmp/t/a')");
		}
	});

	test("a file that is removed and still open counts", () => {
		python.runPython(
			"held = open('/tmp/t/a', 'wb'); held.write(bytes(3 << 20)); held.flush(); os.remove('/tmp/t/a')",
		);
		expect(raised("open('/tmp/t/b', 'wb').write(bytes(2 << 20))")).toBe(NO_SPACE);
		python.runPython("held.close()");
		expect(raised("open('/tmp/t/b', 'wb').write(bytes(2 << 20))")).toBeNull();
	});

	test("holes and longer files count, and so do entries of a folder", () => {
		expect(raised("open('/tmp/t/a', 'wb').truncate(1 << 30)")).toBe(NO_SPACE);
		expect(raised("[open('/tmp/t/%d' % n, 'wb').close() for n in range(10000)]")).toBe(NO_SPACE);
	});

	test("files keep what is in them while they grow", () => {
		python.runPython(`
with open('/tmp/t/a', 'wb') as file:
    for n in range(1000): file.write(b'%04d' % n); file.flush()
with open('/tmp/t/a', 'rb') as file: whole = file.read() == b''.join(b'%04d' % n for n in range(1000))
`);
		expect(python.globals.get("whole")).toBe(true);
	});
});
