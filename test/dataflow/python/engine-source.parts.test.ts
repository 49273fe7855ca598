// The engine's Python by itself: each part has a file of unittest in `engine`, run by the Python inside this
// program and by the machine's own.
import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { hasProgram } from "../../support/programs.ts";

const FOLDER = join(import.meta.dir, "engine");
const PYTHON = "/usr/bin/python3";
const files = readdirSync(FOLDER).filter((name) => /^test_.*\.py$/.test(name));

/** Runs all of them with a command; gives how many there were, or what they said. */
function runAll(...command: string[]): number {
	const { stderr, stdout } = Bun.spawnSync(command, {
		cwd: FOLDER,
		env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
	});
	const said = stderr.toString() + stdout.toString();
	const count = /Ran (\d+) tests? in .*\n\nOK\n/.exec(said)?.[1];
	if (count === undefined) throw new Error(said);
	return Number(count);
}

describe("parts of the engine", () => {
	test("each part has a file of tests", () => {
		const parts = [
			"limits",
			"values",
			"functions",
			"records",
			"idf",
			"odf",
			"graph",
			"batch",
			"tools",
		];
		expect(files.toSorted()).toEqual(parts.map((part) => `test_${part}.py`).toSorted());
	});

	test("work in the Python inside this program", () => {
		expect(runAll(process.execPath, join(FOLDER, "in-pyodide.ts"))).toBeGreaterThan(60);
	});

	test.if(hasProgram(PYTHON, "--version"))("work in the machine's python3", () => {
		expect(runAll(PYTHON, "-m", "unittest")).toBeGreaterThan(60);
	});
});
