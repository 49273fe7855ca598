// The engine with `python3_main.py`, in a process of the machine's own Python.
import { describe, expect, test } from "bun:test";
import { findPython3, machinePython } from "../../../src/dataflow/python/python3.ts";
import { hasProgram } from "../../support/programs.ts";
import { ENGINE_LIMITS, RealEngine } from "../../support/real-engine.ts";

describe.if(hasProgram("/usr/bin/python3", "--version"))(
	"an engine of the machine's python3",
	() => {
		test("is the system's own, not what PATH finds first, and isolated", () => {
			expect(findPython3()).toBe("/usr/bin/python3");
			const { argv, env } = machinePython(ENGINE_LIMITS);
			expect(argv.slice(0, 3)).toEqual(["/usr/bin/python3", "-I", "-c"]);
			expect(JSON.parse(argv.at(-1) ?? "")).toMatchObject({ call_ms: 30_000, recursion: 1000 });
			expect(env).not.toHaveProperty("PATH");
		});

		test("answers as the built-in one does, data records included", async () => {
			const engine = new RealEngine(machinePython(ENGINE_LIMITS));
			expect(await engine.replies.take("ready")).toMatchObject({ answer: "ready" });
			await engine.prepare(1, "def run(x): return x * 2\n");
			expect(await engine.call(1, 21)).toBe("[42]");
			const link = { id: 1, name: ["d", "i"], param_no: null, tag_param_no: 0 };
			const idfs = [{ ...link, func: 1, input_type: null, slot: null }];
			await engine.ask("declare", { graph: 2, join: null, records: "newest", idfs, odfs: [] });
			const [head, ...news] = (await engine.ask("batch", "1\x1e5")).split("\x1e");
			expect([head?.replace(/ \d+ \d+$/, ""), ...news]).toEqual(["1", "n2", ""]);
			expect(JSON.parse(await engine.ask("record", 2))).toMatchObject({
				idf: { input: [5], output: 10 },
			});
			expect(await engine.ask("record", 2)).toBe("null");
			await engine.stop();
		});

		test("takes files of at most nothing, and no more memory than it may", async () => {
			const engine = new RealEngine(machinePython(ENGINE_LIMITS));
			await engine.replies.take("ready");
			await engine.prepare(1, "def run(x): return len(bytearray(x))\n");
			expect(await engine.call(1, 1 << 20)).toBe("[1048576]");
			expect(await engine.call(1, 1 << 30)).toContain("memory limit of 128 MiB");
			await engine.stop();
		});
	},
);
