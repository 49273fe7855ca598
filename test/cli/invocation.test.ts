import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programWords } from "../../src/cli/invocation.ts";

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-invocation-"));
	mkdirSync(join(folder, "bin"));
	writeFileSync(join(folder, "iotctl"), "");
	writeFileSync(join(folder, "other"), "");
	symlinkSync(join(folder, "iotctl"), join(folder, "bin/iotctl"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The words for the executable typed as `argv0`, with PATH leading to `found`. */
const compiled = (argv0: string, found: string | null, isAnywhere = false) =>
	programWords(isAnywhere, {
		argv0,
		self: [join(folder, "iotctl")],
		isProgram: true,
		cwd: folder,
		which: (name) => (name === "iotctl" && found !== null ? join(folder, found) : null),
	});

test("a program on PATH is called by its name, however it was typed", () => {
	for (const argv0 of ["iotctl", "./iotctl", join(folder, "iotctl"), "bin/iotctl"]) {
		expect(compiled(argv0, "bin/iotctl")).toEqual(["iotctl"]);
		expect(compiled(argv0, "bin/iotctl", true)).toEqual(["iotctl"]);
	}
});

test("one that is not is called as it was typed; from anywhere by its whole path", () => {
	expect(compiled("./iotctl", null)).toEqual(["./iotctl"]);
	expect(compiled("bin/../iotctl", null)).toEqual(["bin/../iotctl"]);
	expect(compiled("./iotctl", null, true)).toEqual([join(folder, "iotctl")]);
});

test("another program of the same name on PATH is not meant", () => {
	expect(compiled("./iotctl", "other")).toEqual(["./iotctl"]);
	expect(compiled("./iotctl", "missing")).toEqual(["./iotctl"]);
});

test("from source it is Bun with the entry file, relative to where it was typed", () => {
	const words = (argv0: string, isAnywhere = false) =>
		programWords(isAnywhere, {
			argv0,
			self: ["/opt/bun", join(folder, "src/main.ts")],
			isProgram: true,
			cwd: folder,
			which: () => null,
		});
	expect(words(join(folder, "node_modules/.bin/bun"))).toEqual([
		"node_modules/.bin/bun",
		"src/main.ts",
	]);
	expect(words("./bun")).toEqual(["./bun", "src/main.ts"]);
	expect(words(join(folder, "bun"))).toEqual(["./bun", "src/main.ts"]);
	expect(words("bun")).toEqual(["bun", "src/main.ts"]);
	expect(words("/opt/bun")).toEqual(["/opt/bun", "src/main.ts"]);
	expect(words("./bun", true)).toEqual([join(folder, "bun"), join(folder, "src/main.ts")]);
});

test("parts of it that run in another program go by its usual name", () => {
	expect(programWords()).toEqual(["iotctl"]);
});
