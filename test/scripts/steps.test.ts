import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const MODULE = pathToFileURL(join(import.meta.dir, "../../scripts/steps.mjs")).href;

/** Runs steps that each leave a file of their name and end with the code behind it. */
function run(...steps: string[]): { code: number | null; left: string[]; said: string } {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-steps-"));
	const list = steps.map((step) => {
		const [name = "", code = "0", needed] = step.split(" ");
		const program = `require("fs").writeFileSync(${JSON.stringify(join(folder, name))}, ""); process.exit(${code})`;
		return {
			name,
			command: process.execPath,
			args: ["-e", program],
			isNeeded: needed === "needed",
		};
	});
	const { status, stderr } = spawnSync(process.execPath, [
		"-e",
		`import { runSteps } from ${JSON.stringify(MODULE)};
		process.exit(await runSteps(${JSON.stringify(list)}, ${JSON.stringify({ cwd: folder })}));`,
	]);
	const left = readdirSync(folder).toSorted();
	rmSync(folder, { recursive: true });
	return { code: status, left, said: stderr.toString() };
}

test("a step that fails does not hide the later ones, and is named at the end", () => {
	const { code, left, said } = run("a", "b 3", "c", "d 1", "e");
	expect([code, left]).toEqual([1, ["a", "b", "c", "d", "e"]]);
	expect(said).toContain("2 of 5 steps failed:\n  b: exit code 3\n  d: exit code 1\n");
});

test("what the later ones need ends the run when it fails, and they are named too", () => {
	const { code, left, said } = run("lint 1", "build 2 needed", "a", "b");
	expect([code, left]).toEqual([1, ["build", "lint"]]);
	expect(said).toContain("2 of 4 steps failed:\n  lint: exit code 1\n  build: exit code 2\n");
	expect(said).toContain("Not run without it: a, b\n");
});

test("all well says nothing", () => {
	expect(run("a", "b")).toEqual({ code: 0, left: ["a", "b"], said: "" });
});

test("one step alone keeps its exit code", () => {
	expect(run("start 3").code).toBe(3);
});

test("a program that is not there is a failure like others", () => {
	const { status, stderr } = spawnSync(process.execPath, [
		"-e",
		`import { runSteps } from ${JSON.stringify(MODULE)};
		const steps = [{ name: "x", command: "/nonexistent/x", args: [] }, { name: "y", command: "true", args: [] }];
		process.exit(await runSteps(steps, {}));`,
	]);
	expect([status, stderr.toString()]).toEqual([1, expect.stringContaining("x: cannot run")]);
});

test("a step whose lines are read shows them anyway, and what it leaves running is a failure", () => {
	const leave =
		'require("child_process").spawn("sleep", ["3"], { stdio: "inherit" }).unref(); console.log("one\\ntwo");';
	const { status, stdout, stderr } = spawnSync(process.execPath, [
		"-e",
		`import { runSteps } from ${JSON.stringify(MODULE)};
		const seen = [];
		const step = { command: process.execPath, onLine: (line) => seen.push(line), after: () => void console.log("read", seen.join()) };
		const steps = [{ ...step, name: "x", args: ["-e", ${JSON.stringify(leave)}] }, { ...step, name: "y", args: ["-e", "0"] }];
		process.exit(await runSteps(steps, { outputMs: 500 }));`,
	]);
	expect(stdout.toString()).toBe("one\ntwo\nread one,two\nread one,two\n");
	expect([status, stderr.toString()]).toEqual([
		1,
		"\n1 of 2 steps failed:\n  x: a program that it started still runs\n",
	]);
});
