// Functions give what Debian's python3 gives, on a corpus of what a sensor's author would write.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Flow } from "../support/flow.ts";
import { hasProgram } from "../support/programs.ts";
import { startTarget, type Target } from "../support/target.ts";

const PYTHON = "/usr/bin/python3";
const ENGINE = process.env.IOTCTL_ENGINE ?? "embedded";

interface Case {
	readonly code: string;
	readonly calls: unknown[][];
}

const cases: Case[] = readFileSync(join(import.meta.dir, "corpus.txt"), "utf8")
	.split("\n")
	.filter((line) => line !== "" && !line.startsWith("#"))
	.map((line) => {
		const cut = line.indexOf(" | ");
		// A \n before code, a blank or the end is a line break; elsewhere it belongs to a Python text.
		const code = `${line.slice(cut + 3).replace(/\\n(?=[ a-zA-Z@}]|$)/g, "\n")}\n`;
		return { code, calls: JSON.parse(line.slice(0, cut)) };
	});

// Wrapping the result in a text keeps 1.0 and 1 apart, and shows errors by their class.
const wrapped = (code: string) =>
	`${code}\nimport json as _json\n_original = run\ndef run(*arguments):\n  try: return _json.dumps(_original(*arguments))\n  except Exception as error: return 'raised ' + type(error).__name__\n`;

let target: Target;
beforeAll(async () => {
	target = await startTarget({ esm: { engine: ENGINE, "call-timeout": 10_000 } });
});
afterAll(() => target.dispose());

async function use(flow: Flow, code: string): Promise<void> {
	const [digest = ""] = await flow.graph.addFunctions(code);
	await flow.graph.ok({ op: "set_df_func", da_id: flow.device.id, idf: "idf0", new: digest });
}

describe.if(hasProgram(PYTHON, "--version"))("fidelity", () => {
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
		const flow = await Flow.build(target, { idfs: [{}], odfs: [{}] });
		const differences: unknown[] = [];
		for (const [index, { code, calls }] of cases.entries()) {
			await use(flow, wrapped(code));
			const got: string[] = [];
			for (const call of calls) {
				await flow.send(call);
				got.push(JSON.parse((await flow.receive()).text)[0]);
			}
			const wanted = oracle[index];
			if (!Bun.deepEquals(got, wanted)) differences.push({ code, got, wanted });
		}
		expect(differences).toEqual([]);
	});

	test("random differs between starts of the engine", async () => {
		const draw = async () => {
			const own = await startTarget({ esm: { engine: ENGINE } });
			const flow = await Flow.build(own, { idfs: [{}], odfs: [{}] });
			await use(flow, "import random\ndef run(x): return random.random()\n");
			await flow.send([1]);
			const { text } = await flow.receive();
			await own.dispose();
			return text;
		};
		expect(await draw()).not.toBe(await draw());
	});
});
