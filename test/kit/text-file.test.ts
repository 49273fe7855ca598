import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTextFile } from "../../src/kit/text-file.ts";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-text-file-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a text is read without its byte order mark", () => {
	const path = join(folder, "password");
	writeFileSync(path, "\ufeff秘密\nmore\n");
	expect(readTextFile(path, "x in [y]")).toBe("秘密\nmore\n");
});

test("what is none is refused, and what has no end is not waited for", () => {
	const path = (name: string) => join(folder, name);
	writeFileSync(path("binary"), Buffer.from([0xff, 0xfe]));
	writeFileSync(path("large"), "");
	truncateSync(path("large"), 1024 * 1024 + 1);
	Bun.spawnSync(["mkfifo", path("pipe")]);
	for (const [at, why] of [
		[path("none"), "no such file or directory"],
		[path("binary"), "it is not UTF-8 text"],
		[path("large"), "it has more than 1 MiB"],
		[path("pipe"), "it is not a regular file"],
		["/dev/zero", "it is not a regular file"],
		[folder, "it is a directory"],
	] as const) {
		expect(() => readTextFile(at, "x in [y]")).toThrow(`Cannot read "${at}" (x in [y]): ${why}`);
	}
});
