import { afterEach, beforeEach, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SCRIPTS = join(import.meta.dir, "../../scripts");

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-run-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a run that cannot be prepared leaves nothing in TMPDIR", () => {
	for (const name of ["bin", "scripts", "tmp"]) mkdirSync(join(folder, name));
	for (const name of readdirSync(SCRIPTS).filter((file) => file.endsWith(".mjs"))) {
		cpSync(join(SCRIPTS, name), join(folder, "scripts", name));
	}
	writeFileSync(join(folder, "bin/npm"), "#!/bin/sh\nexit 7\n", { mode: 0o755 });
	const { status, stderr } = spawnSync(
		process.execPath,
		[join(folder, "scripts/run.mjs"), "test"],
		{
			env: { PATH: join(folder, "bin"), TMPDIR: join(folder, "tmp") },
			encoding: "utf8",
		},
	);
	expect([status, stderr]).toEqual([1, expect.stringContaining("npm ci: exit code 7")]);
	expect(readdirSync(join(folder, "tmp"))).toEqual([]);
});
