// The engine gives what Debian's python3 gives, on a corpus of functions a sensor's author would write.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FunctionHost } from "../../../src/esm/python/host.ts";
import { createLogger } from "../../../src/log.ts";
import { hasProgram } from "../../support/programs.ts";
import { Inbox } from "../../support/waiting.ts";

const PYTHON = "/usr/bin/python3";
interface Case {
	readonly code: string;
	readonly calls: unknown[][];
	readonly text: string;
}

const cases: Case[] = readFileSync(join(import.meta.dir, "corpus.txt"), "utf8")
	.split("\n")
	.filter((line) => line !== "" && !line.startsWith("#"))
	.map((line) => {
		const cut = line.indexOf(" | ");
		// Only \n outside of Python's own escapes is a line break: the corpus writes line breaks before code.
		const code = `${line.slice(cut + 3).replace(/\\n(?=[ a-zA-Z@}]|$)/g, "\n")}\n`;
		return { code, calls: JSON.parse(line.slice(0, cut)), text: line.slice(0, cut) };
	});

let host: FunctionHost;
const outputs = new Inbox<{ linkId: number; json: string }>();
const resets = new Inbox<string>();
hasProgram(PYTHON, "--version");
const build = (engine: "embedded" | "python3") =>
	new FunctionHost(
		{
			engine,
			callTimeoutMs: 5000,
			batchTimeoutMs: 60_000,
			maxMemoryBytes: 256 << 20,
			maxResultBytes: 1 << 20,
			recursionLimit: 1000,
			maxPrintChars: 1000,
			queuePerLink: 1000,
		},
		{
			onOutput: (linkId, json) => outputs.add({ linkId, json }),
			onMonitor: () => {},
			onPrint: () => {},
			onReset: (reason) => resets.add(reason),
			onError: () => {},
		},
		createLogger({ level: "error", format: "text", write: () => {} }),
	);

// Wrapping the result in a text keeps 1.0 and 1 apart, and shows errors by their class.
const wrap = (code: string) =>
	`${code}\nimport json as _json\n_original = run\ndef run(*arguments):\n  try: return _json.dumps(_original(*arguments))\n  except Exception as error: return 'raised ' + type(error).__name__\n`;

let nextId = 1;
async function inEngine({ code, calls }: Case): Promise<string[]> {
	const id = nextId++;
	const { handle, ready } = host.prepare({ digest: `case${id}`, code: wrap(code), helpers: [] });
	await ready;
	const link = { name: ["d", "f"] as const, param_no: null, tag_param_no: 0 };
	host.declare({
		graph: id,
		join: null,
		monitored: false,
		idfs: [{ id: id * 2, func: handle, input_type: null, slot: null, ...link }],
		odfs: [{ id: id * 2 + 1, func: null, ...link }],
	});
	const results: string[] = [];
	for (const call of calls) {
		host.push(id * 2, JSON.stringify(call));
		const { json } = await outputs.take(
			`a result of ${code}`,
			({ linkId }) => linkId === id * 2 + 1,
		);
		results.push(JSON.parse(json)[0]);
	}
	return results;
}

describe.each(["embedded", "python3"] as const)("fidelity, engine = %s", (engine) => {
	beforeAll(() => {
		host = build(engine);
	});
	afterAll(() => host.stop(1000));
	test("the corpus has at least 150 functions", () => {
		expect(cases.length).toBeGreaterThanOrEqual(150);
	});

	test("every function gives what python3 gives", async () => {
		const { stdout, stderr } = Bun.spawnSync([PYTHON, join(import.meta.dir, "oracle.py")], {
			stdin: Buffer.from(JSON.stringify(cases)),
			env: { TZ: "UTC" },
		});
		expect(stderr.toString()).toBe("");
		const oracle: string[][] = JSON.parse(stdout.toString());
		const differences: unknown[] = [];
		for (const [index, each] of cases.entries()) {
			const got = await inEngine(each);
			if (!Bun.deepEquals(got, oracle[index]))
				differences.push({ code: each.code, got, python3: oracle[index] });
		}
		expect(differences).toEqual([]);
	}, 60_000);

	test("random differs between starts of the engine", async () => {
		const draw = async () =>
			(
				await inEngine({
					code: "import random\ndef run(x): return random.random()\n",
					calls: [[1]],
					text: "",
				})
			)[0];
		const first = await draw();
		process.kill(host.pid ?? 0, "SIGKILL");
		await resets.take("a new engine");
		expect(await draw()).not.toBe(first);
	});
});
