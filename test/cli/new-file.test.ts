import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeNewFile } from "../../src/cli/new-file.ts";

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-new-file-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a new file is its user's alone, and stays as it is when it is written again", () => {
	const file = join(folder, "a.json");
	writeNewFile(file, "first");
	expect(statSync(file).mode & 0o777).toBe(0o600);
	expect(() => writeNewFile(file, "second")).toThrow("already exists; choose another file");
	expect(readFileSync(file, "utf8")).toBe("first");
});

test("a folder that is not there is named", () => {
	expect(() => writeNewFile(join(folder, "none", "a.json"), "")).toThrow("Cannot write");
});
