// Trying drafts with samples: results, failures with their lines, and drafts that do what they should not.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Draft, DraftReport, Tried } from "../../../src/dataflow/workbench/draft.ts";
import type { Workbench } from "../../../src/dataflow/workbench/workbench.ts";
import { describeEach } from "../../support/kinds.ts";
import { until } from "../../support/waiting.ts";
import { ENGINES, realWorkbench } from "./real-workbench.ts";

let workbench: Workbench;
afterAll(() => workbench?.stop());

async function tryDraft(draft: Partial<Draft> & { code: string }): Promise<DraftReport> {
	const whole = { helpers: [], stage: "idf", samples: [], ...draft } as const;
	const report = await workbench.try("ann", whole);
	if ("refused" in report) throw new Error(`${report.refused}: ${report.reason}`);
	return report;
}

async function once(code: string, sample: unknown = 1): Promise<Tried> {
	const { samples } = await tryDraft({ code, samples: [sample] });
	return samples[0] ?? { error: null, printed: "", ms: 0 };
}

/** What shows that the workbench goes on as before; on a busy machine a new engine may take longer than a trial. */
async function stillWorks(): Promise<void> {
	let last: Awaited<ReturnType<typeof once>> | undefined;
	await until(async () => {
		last = await once("def run(x): return x * 2", 21);
		return last.error?.kind !== "skipped";
	}, "an engine that is ready in time");
	expect(last).toMatchObject({ result: 42, error: null });
}

describeEach(ENGINES)("a draft tried with the engine %s", (engine) => {
	beforeAll(async () => {
		await workbench?.stop();
		workbench = realWorkbench({ engine });
	});

	test("gives a result for each sample, with what it printed", async () => {
		const code = "print('loaded')\ndef run(*values):\n  print('got', values)\n  return sum(values)";
		const { loading, samples } = await tryDraft({ code, samples: [[1, 2], 3, []] });
		expect(loading).toMatchObject({ error: null, printed: "loaded\n" });
		expect(samples.map(({ result, printed }) => [result, printed])).toEqual([
			[3, "got (1, 2)\n"],
			[3, "got (3,)\n"],
			[0, "got ()\n"],
		]);
		for (const { ms } of samples) expect(ms).toBeGreaterThanOrEqual(0);
	});

	test("gets what its stage gives it", async () => {
		const code = "def run(*values): return values";
		const results = async (stage: Draft["stage"], sample: unknown) => {
			const { samples } = await tryDraft({ code, stage, samples: [sample] });
			return samples[0]?.result;
		};
		expect(await results("idf", [[1], [2, 3]])).toEqual([[1], [2, 3]]);
		expect(await results("join", [[1], [2, 3], null])).toEqual([1, [2, 3], null]);
		expect(await results("odf", ["a", { b: 1.5 }])).toEqual(["a", { b: 1.5 }]);
	});

	test("what is not JSON is shown, but cannot be put out", async () => {
		const code = "def run(x): return {1, 2}";
		expect(await once(code)).toMatchObject({ result: "{1, 2}" });
		const { samples } = await tryDraft({ code, stage: "odf", samples: [1] });
		expect(samples[0]?.error).toMatchObject({ kind: "exception" });
		expect(samples[0]?.error?.reason).toContain("not JSON serializable");
		expect(await once("def run(x): return [float('nan'), True, None, 'ü']")).toMatchObject({
			result: [null, true, null, "ü"],
		});
	});

	test("reaches helpers by their names, and has no iot without any", async () => {
		const helpers = [{ alias: "_double", code: "def run(x): return 2 * x" }];
		const code = "def run(*args): return [iot._double(*args)]";
		const { samples } = await tryDraft({ code, helpers, samples: [21] });
		expect(samples[0]?.result).toEqual([42]);
		const { error } = await once(code);
		expect(error).toMatchObject({ kind: "exception", line: 1 });
		expect(error?.reason).toContain("name 'iot' is not defined");
		const broken = [{ alias: "_double", code: "def run(x: return" }];
		const { loading } = await tryDraft({ code, helpers: broken });
		expect(loading.error).toMatchObject({ kind: "exception", line: null });
		expect(loading.error?.reason).toContain("<UserFunction:_double>");
	});

	test("keeps its globals from sample to sample, and leaves none", async () => {
		const code = "n = 0\ndef run(x):\n  global n\n  n += 1\n  return n";
		for (let round = 0; round < 2; round++) {
			const { samples } = await tryDraft({ code, samples: [0, 0] });
			expect(samples.map(({ result }) => result)).toEqual([1, 2]);
		}
	});

	test("an exception has its line; those after it are tried anyway", async () => {
		const code = "def deep(x):\n  return 1 / x\n\ndef run(x):\n  return deep(x)";
		const { samples } = await tryDraft({ code, samples: [0, 2] });
		expect(samples[0]?.error).toMatchObject({ kind: "exception", line: 2 });
		expect(samples[0]?.error?.reason).toMatch(
			/Traceback[\s\S]*line 5, in run[\s\S]*ZeroDivisionError/,
		);
		expect(samples[1]).toMatchObject({ result: 0.5, error: null });
	});

	test("one that cannot be loaded says why, for each sample", async () => {
		for (const [code, kind, line, reason] of [
			["def run(x):\n  return (", "syntax", 2, "SyntaxError"],
			["x = 1", "source", null, "`run` not found"],
			["run = 5", "source", null, "`run` must be a function"],
			["\n\n1 / 0", "exception", 3, "ZeroDivisionError"],
			["import nowhere", "exception", 1, "No module named 'nowhere'"],
			["import sys\nsys.exit(3)", "exception", 2, "SystemExit: 3"],
		] as const) {
			const { loading, samples } = await tryDraft({ code, samples: [1, 2] });
			expect(loading.error).toMatchObject({ kind, line });
			expect(loading.error?.reason).toContain(reason);
			expect(samples.map(({ error }) => error)).toEqual([loading.error, loading.error]);
		}
	});

	test("a huge result, print or recursion is cut or refused", async () => {
		expect(await once("def run(x): return 'a' * 10**6")).toMatchObject({
			result: "more than 65536 characters, too long to show",
		});
		const odf = await tryDraft({
			code: "def run(x): return 'a' * 10**6",
			stage: "odf",
			samples: [1],
		});
		expect(odf.samples[0]?.error?.kind).toBe("result");
		const { printed } = await once("def run(x): print('a' * 10**6)");
		expect(printed).toEndWith(" ... (cut)");
		expect(printed.length).toBeLessThan(4100);
		expect((await once("def run(x): return run(x)")).error).toMatchObject({
			kind: "recursion",
			line: 1,
		});
		const nested = "def run(x):\n  for _ in range(600): x = [x]\n  return x";
		const { error, result } = await once(nested);
		// Where Python itself cannot go so deep it is text.
		if (error === null) expect(result).toBeString();
		else expect(error.kind).toBe("result");
		await stillWorks();
	});

	test("one that is stuck ends with its line, those after it are not called", async () => {
		const { samples } = await tryDraft({
			code: "def run(x):\n  while x:\n    pass\n  return 5",
			samples: [0, 1, 0],
		});
		expect(samples[0]?.result).toBe(5);
		expect(samples[1]?.error).toMatchObject({
			kind: "time",
			reason: "time limit of 1000 ms exceeded",
		});
		expect([2, 3]).toContain(samples[1]?.error?.line ?? 0);
		expect(samples[2]?.error?.kind).toBe("skipped");
		const forever = await once("def run(x):\n  while True: print('again')");
		expect(forever.error?.kind).toBe("time");
		expect(forever.printed).toStartWith("again\n");
		expect((await tryDraft({ code: "while True: pass" })).loading.error?.kind).toBe("time");
		await stillWorks();
	});

	test("one stuck where nothing can interrupt it costs the engine, earlier results stay", async () => {
		const { samples } = await tryDraft({
			code: "def run(x): return sum(range(10 ** x))",
			samples: [2, 12, 2],
		});
		expect(samples[0]?.result).toBe(4950);
		expect(samples[1]?.error).toMatchObject({ kind: "time", line: null });
		expect(samples[2]?.error?.kind).toBe("skipped");
		await stillWorks();
	});

	test("one that swallows its time limit costs the engine", async () => {
		const code =
			"def run(x):\n  while True:\n    try:\n      while True: pass\n    except BaseException: pass";
		expect((await once(code)).error?.kind).toBe("time");
		await stillWorks();
	});

	test("one that fills the memory is told so, and leaves none of it", async () => {
		const code = "kept = []\ndef run(x):\n  while True: kept.append(bytes(1 << 20))";
		const { error } = await once(code);
		expect(["memory", "engine"]).toContain(error?.kind ?? "");
		await stillWorks();
	});

	test("what a draft does to builtins or output is gone with it", async () => {
		const { pid } = workbench.stats;
		const code = "import builtins, sys\ndef run(x):\n  builtins.len = None\n  sys.stdout = None";
		await once(code);
		expect(await once("def run(x):\n  print(len('abc'))")).toMatchObject({
			printed: "3\n",
			error: null,
		});
		expect(workbench.stats.pid).not.toBe(pid);
	});
});

describe("a draft", () => {
	beforeAll(async () => {
		await workbench?.stop();
		workbench = realWorkbench();
	});

	test("that crashes the interpreter costs its engine alone", async () => {
		const code = "import sys\ndef run(x): sys._getframe().f_back.f_globals.clear()";
		await once(code);
		await stillWorks();
	});

	test("cannot reach the host", async () => {
		expect((await once("def run(x): import js")).error?.reason).toContain("sandboxed");
	});

	test("of the wrong size is refused", async () => {
		const refused = async (changes: Partial<Draft>) =>
			workbench.try("ann", { code: "", helpers: [], stage: "idf", samples: [], ...changes });
		for (const changes of [
			{ code: "x".repeat(1 << 20) },
			{ helpers: [{ alias: "_a", code: "x".repeat(1 << 20) }] },
			{ helpers: Array(51).fill({ alias: "_a", code: "" }) },
			{ samples: Array(21).fill(1) },
			{ samples: ["x".repeat(1 << 20)] },
			{ samples: [JSON.parse("[".repeat(600) + "]".repeat(600))] },
		]) {
			expect(await refused(changes)).toMatchObject({ refused: "input" });
		}
	});

	test("is refused where the workbench is off", async () => {
		const off = realWorkbench({ setting: "off" });
		const draft = { code: "", helpers: [], stage: "idf", samples: [] } as const;
		expect(await off.try("ann", draft)).toMatchObject({ refused: "off" });
		expect(await off.lint("ann", "")).toMatchObject({ refused: "off" });
		expect(await off.check("def")).toBeUndefined();
		expect(off.stats).toEqual({ state: "disabled", pid: null, waiting: 0 });
	});

	test("of each of forty people gets its turn", async () => {
		const draft = {
			code: "def run(x): return x",
			helpers: [],
			stage: "idf",
			samples: [7],
		} as const;
		const all = Array.from({ length: 40 }, (_, n) => workbench.try(`person ${n}`, draft));
		for (const report of await Promise.all(all)) {
			expect(report).toMatchObject({ samples: [{ result: 7 }] });
		}
	});
});
