import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BINARY } from "../support/target.ts";

const ROOT = join(import.meta.dir, "../..");
const read = (name: string) => readFileSync(join(ROOT, name), "utf8");

/** Runs a shell line, where `iotctl` is the compiled program, in a folder that has nothing of the repo. */
function sh(line: string) {
	const { exitCode, stdout, stderr } = Bun.spawnSync(
		["bash", "-c", `set -o pipefail; iotctl() { "${BINARY}" "$@"; }; ${line}`],
		{ cwd: tmpdir() },
	);
	return { exitCode, out: stdout.toString(), err: stderr.toString() };
}

describe("iotctl licenses", () => {
	test("prints the program's own license and the notices of all it contains", () => {
		const { exitCode, out, err } = sh("iotctl licenses");
		expect([exitCode, err]).toEqual([0, ""]);
		expect(out).toStartWith(read("LICENSE"));
		expect(out).toEndWith(read("THIRD_PARTY_NOTICES"));
	});

	test("ends quietly when its reader has seen enough", () => {
		const { exitCode, out, err } = sh("iotctl licenses | head -n 1");
		expect([exitCode, out, err]).toEqual([0, "MIT License\n", ""]);
	});

	test("says in one line that it cannot write", () => {
		const { exitCode, err } = sh("iotctl licenses > /dev/full");
		expect(exitCode).toBe(1);
		expect(err).toMatch(/^iotctl: Cannot print the licenses: .*space.*\n$/);
	});
});
