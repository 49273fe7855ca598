import { afterEach, beforeEach, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const SCRIPTS = join(import.meta.dir, "../../scripts");
const module = (name: string) => JSON.stringify(pathToFileURL(join(SCRIPTS, name)).href);

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-test-run-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `bun test` on files with these contents as `npm test` does, with nothing in TMPDIR before. */
function run(files: Record<string, string>, { seed = 7, isComplete = false, lost = "" } = {}) {
	const temporary = mkdtempSync(join(folder, "tmp-"));
	for (const [name, text] of Object.entries(files)) {
		writeFileSync(
			join(folder, `${name}.test.ts`),
			`import { test, expect } from "bun:test";\n${text}`,
		);
	}
	const { stdout, stderr } = spawnSync(
		process.execPath,
		[
			"-e",
			`import { runSteps } from ${module("steps.mjs")};
			import { TestRun } from ${module("test-run.mjs")};
			const run = new TestRun({ seed: ${seed}, isComplete: ${isComplete} });
			if (${JSON.stringify(lost)}) run.loseStep(${JSON.stringify(lost)}, "it is not installed");
			const step = run.of({ name: "the step", command: process.execPath, args: ["test", "./"] });
			const code = await runSteps([step], { cwd: ${JSON.stringify(folder)} });
			console.log("code", code, "well", run.report(console.log));`,
		],
		{ env: { ...process.env, TMPDIR: temporary }, encoding: "utf8" },
	);
	expect(readdirSync(temporary)).toEqual([]);
	return { said: stdout, complained: stderr };
}

const ORDER = Array.from({ length: 9 }, (_, n) => `test("t${n}", () => console.log("ran ${n}"));`);

test("the order is random, and the same again with its seed", () => {
	const orderOf = (seed: number) =>
		[...run({ a: ORDER.join("\n") }, { seed }).said.matchAll(/^ran (\d)$/gm)].map(([, n]) => n);
	const first = orderOf(1);
	expect(first.toSorted()).toEqual([..."012345678"]);
	expect(orderOf(1)).toEqual(first);
	expect([orderOf(2), orderOf(3)]).not.toEqual([first, first]);
});

test("tests are given the seed for what is random in them", () => {
	const print = 'test("says", () => console.log("seed " + process.env.IOTCTL_SEED));';
	expect(run({ a: print }, { seed: 12 }).said).toContain("\nseed 12\n");
});

test("the end names what failed with its error, and counts", () => {
	const { said } = run({ a: 'test("good", () => {});\ntest("bad", () => expect(1).toBe(2));' });
	const [, end = ""] = said.split("Failed tests:");
	expect(end).toMatch(/^ {2}\(fail\) \S*a\.test\.ts \(the step\): bad\n {4}error: expect/m);
	expect(end).toContain("Tests: 1 passed, 1 failed, 0 not run; order: seed 7\n");
	expect(end).toContain("code 1 well false");
});

test("what is left in TMPDIR is a failure, and named", () => {
	const leave = `import { mkdtempSync } from "node:fs"; import { tmpdir } from "node:os";
		test("leaves", () => void mkdtempSync(tmpdir() + "/forgotten-"));`;
	const { said, complained } = run({ a: leave });
	expect(said).toMatch(/\(fail\) the step: left in TMPDIR: forgotten-\w+\n/);
	expect(complained).toContain("the step: left in TMPDIR: forgotten-");
	expect(said).toContain("code 1 well false");
});

test("what is not run is counted with its reasons, and a failure where everything has to run", () => {
	const files = {
		a: `import { needs } from ${JSON.stringify(join(import.meta.dir, "../support/programs.ts"))};
			test("runs", () => {});
			for (const n of [1, 2]) test.if(needs(false, "nothing is installed"))("not " + n, () => {});`,
	};
	const { said } = run(files, { lost: "another step" });
	expect(said).toContain(
		'Not run: 2 tests, all of "another step"; why:\n  it is not installed\n  nothing is installed\n',
	);
	expect(said).toContain("Tests: 1 passed, 0 failed, 3 not run;");
	expect(said).toContain("code 0 well true");
	expect(run(files, { isComplete: true }).said).toContain("code 0 well false");
});

test("an end without a failed test is told as well", () => {
	const { said } = run({ a: 'test("ends", () => process.exit(3));' });
	expect(said).toContain("(fail) the step: exit code 3\n");
});
