import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Glob } from "bun";

const ROOT = join(import.meta.dir, "../..");
const USAGE = "bun bench/draw.ts [GRAPHS] [--seconds N]";
const PROGRAM = `
import { COUNTS, readArguments } from ${JSON.stringify(join(ROOT, "scripts/program-arguments.ts"))};
const { values, positionals } = readArguments(
	{ usage: ${JSON.stringify(USAGE)}, about: "Draws.", words: { ...COUNTS, most: 1 }, numbers: ["seconds"] },
	{ seconds: { type: "string", default: "10" } },
);
console.log(JSON.stringify([values, positionals]));
`;

function run(program: string, words: readonly string[]) {
	const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
		encoding: "utf8",
		cwd: ROOT,
	});
	return { status, stdout, stderr };
}

test("what is accepted is read, --help shows it, and anything else ends the program with one line", () => {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-arguments-"));
	const program = join(folder, "draw.ts");
	writeFileSync(program, PROGRAM);
	try {
		const read = run(program, ["5", "--seconds", "0.5"]);
		expect(read).toEqual({ status: 0, stdout: '[{"seconds":"0.5"},["5"]]\n', stderr: "" });
		const help = run(program, ["5", "--help"]);
		expect(help).toEqual({ status: 0, stdout: `Usage: ${USAGE}\n\nDraws.\n`, stderr: "" });
		for (const [words, problem] of [
			[["--secs", "5"], "Unknown option '--secs'"],
			[["--seconds", "ten"], '--seconds must be a number above 0, not "ten"'],
			[["many"], '"many" is not accepted, but integers above 0'],
			[["1", "2"], '"2" is one word too many'],
		] as const) {
			const refused = run(program, words);
			expect(refused).toEqual({ status: 2, stdout: "", stderr: `${problem}; usage: ${USAGE}\n` });
		}
	} finally {
		rmSync(folder, { recursive: true });
	}
});

test("the benchmark and the tasks of npm answer --help, and start nothing", () => {
	const bench = run("bench/bench.ts", ["--help"]);
	expect([bench.status, bench.stdout]).toEqual([0, expect.stringContaining("[--short] [NAME…]")]);
	const tasks = run("scripts/run.mjs", ["--help"]);
	expect([tasks.status, tasks.stdout]).toEqual([0, expect.stringContaining("\nbench:short\n")]);
	expect(run("scripts/run.mjs", ["tset"])).toMatchObject({ status: 2, stdout: "" });
});

test("no program reads its arguments in another way", () => {
	const own = ["scripts/program-arguments.ts", "scripts/with-postgres.ts", "scripts/run.mjs"];
	const files = [...new Glob("{scripts,bench}/**/*.{ts,mjs}").scanSync(ROOT)];
	const others = files.filter(
		(file) =>
			!own.includes(file) && /argv(?!\.includes\()/.test(readFileSync(join(ROOT, file), "utf8")),
	);
	expect(others).toEqual([]);
});
